import assert from "node:assert/strict";
import { isSystemError } from "../system-error.ts";
import { rootTest } from "../testing/index.ts";
import {
  type BatchPosition,
  mapDeleteBatch,
  mapLookupAndDeleteBatch,
  mapLookupBatch,
  mapUpdateBatch,
} from "./batch.ts";
import { mapCreate } from "./map.ts";

const bytesOf = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const wordsOf = (bytes: Uint8Array, count: number) => [...new Uint32Array(bytes.buffer, 0, count)];
const hash = (maxEntries: number) => mapCreate({ type: "hash", keySize: 4, valueSize: 4, maxEntries, name: "batch" });

rootTest("a batch sets and reads back entries in one call", () => {
  using map = mapCreate({ type: "array", keySize: 4, valueSize: 4, maxEntries: 4 });
  mapUpdateBatch(map, bytesOf(0, 1, 2, 3), bytesOf(10, 11, 12, 13), 4);
  const keys = new Uint8Array(16);
  const values = new Uint8Array(16);
  const read = mapLookupBatch(map, undefined, keys, values, 4);
  assert.equal(read.count, 4);
  assert.deepEqual(wordsOf(values, 4), [10, 11, 12, 13]);
});

rootTest("a walk in batches visits every entry of a hash map once", () => {
  using map = hash(1000);
  const all = Array.from({ length: 1000 }, (_, index) => index);
  mapUpdateBatch(map, bytesOf(...all), bytesOf(...all), 1000);
  const seen: number[] = [];
  let from: BatchPosition | undefined;
  do {
    const keys = new Uint8Array(4 * 128);
    const read = mapLookupBatch(map, from, keys, new Uint8Array(4 * 128), 128);
    seen.push(...wordsOf(keys, read.count));
    from = read.next;
  } while (from !== undefined);
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    all,
  );
});

rootTest("lookup-and-delete leaves an empty map", () => {
  using map = hash(8);
  mapUpdateBatch(map, bytesOf(1, 2), bytesOf(3, 4), 2);
  const room = new Uint8Array(32);
  assert.equal(mapLookupAndDeleteBatch(map, undefined, room, new Uint8Array(32), 8).count, 2);
  assert.equal(mapLookupBatch(map, undefined, room, new Uint8Array(32), 8).count, 0);
});

rootTest("deleting stops at the first missing key and tells how far it came", () => {
  using map = hash(8);
  mapUpdateBatch(map, bytesOf(1, 2, 3), bytesOf(0, 0, 0), 3);
  assert.equal(mapDeleteBatch(map, bytesOf(1, 99, 3), 3), 1);
  assert.equal(mapDeleteBatch(map, bytesOf(2, 3), 2), 2);
});

rootTest("an update that fills the map tells how many entries were set", () => {
  using map = hash(2);
  assert.throws(
    () => mapUpdateBatch(map, bytesOf(1, 2, 3), bytesOf(1, 2, 3), 3),
    (error) => isSystemError(error, "E2BIG") && error.message.includes("3 entries of the map batch at once (2 done)"),
  );
});

rootTest("a map without batch operations is a clear error", () => {
  using map = mapCreate({ type: "queue", keySize: 0, valueSize: 4, maxEntries: 4 });
  assert.throws(
    () => mapUpdateBatch(map, new Uint8Array(4), bytesOf(1), 1),
    (error) => isSystemError(error, "ENOTSUPP") && error.message.includes("(0 done)"),
  );
});
