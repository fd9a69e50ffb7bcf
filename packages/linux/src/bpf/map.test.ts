import assert from "node:assert/strict";
import { Mapping } from "../syscall/memory.ts";
import { isSystemError } from "../system-error.ts";
import { descriptorsLeakedBy, rootTest } from "../testing/index.ts";
import {
  mapCreate,
  mapDelete,
  mapFlags,
  mapFreeze,
  mapLookup,
  mapLookupAndDelete,
  mapNextKey,
  mapUpdate,
} from "./map.ts";

const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const hash = (maxEntries = 8) => mapCreate({ type: "hash", keySize: 4, valueSize: 8, maxEntries, name: "test_hash" });
const value = (first: number) => Uint8Array.of(first, 2, 3, 4, 5, 6, 7, 8);

rootTest("a hash map gives back what was set, and nothing once it is deleted", () => {
  using map = hash();
  const out = new Uint8Array(8);
  assert.equal(mapLookup(map, u32(1), out), false);
  assert.equal(mapUpdate(map, u32(1), value(42)), true);
  assert.equal(mapLookup(map, u32(1), out), true);
  assert.deepEqual(out, value(42));
  assert.equal(mapDelete(map, u32(1)), true);
  assert.equal(mapDelete(map, u32(1)), false);
});

rootTest("update modes create only what is missing and replace only what is there", () => {
  using map = hash();
  assert.equal(mapUpdate(map, u32(1), value(1), "replace"), false);
  assert.equal(mapUpdate(map, u32(1), value(1), "create"), true);
  assert.equal(mapUpdate(map, u32(1), value(2), "create"), false);
  assert.equal(mapUpdate(map, u32(1), value(3), "replace"), true);
  const out = new Uint8Array(8);
  mapLookup(map, u32(1), out);
  assert.equal(out[0], 3);
});

rootTest("a full hash map says so", () => {
  using map = hash(1);
  mapUpdate(map, u32(1), value(1));
  assert.throws(
    () => mapUpdate(map, u32(2), value(2)),
    (error) => isSystemError(error, "E2BIG") && error.message.includes("the map is full"),
  );
});

rootTest("lookup-and-delete takes the entry out", () => {
  using queue = mapCreate({ type: "queue", keySize: 0, valueSize: 4, maxEntries: 4 });
  const none = new Uint8Array(0);
  mapUpdate(queue, none, u32(7));
  mapUpdate(queue, none, u32(8));
  const out = new Uint8Array(4);
  assert.equal(mapLookupAndDelete(queue, none, out), true);
  assert.deepEqual(out, u32(7));
  assert.equal(mapLookupAndDelete(queue, none, out), true);
  assert.equal(mapLookupAndDelete(queue, none, out), false);
});

rootTest("walking the keys visits each entry once", () => {
  using map = hash();
  for (const key of [10, 20, 30]) mapUpdate(map, u32(key), value(key));
  const seen: number[] = [];
  let key: Uint8Array | undefined;
  for (let next = new Uint8Array(4); mapNextKey(map, key, next); next = new Uint8Array(4)) {
    seen.push(new DataView(next.buffer).getUint32(0, true));
    key = next;
  }
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    [10, 20, 30],
  );
});

rootTest("a frozen map refuses changes", () => {
  using map = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1 });
  mapFreeze(map);
  assert.throws(
    () => mapUpdate(map, u32(0), value(1)),
    (error) => isSystemError(error, "EPERM"),
  );
});

rootTest("an array map can be mapped, and both sides see each other's writes", () => {
  using map = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 2, flags: mapFlags.mmapable });
  using mapping = new Mapping({ fd: map, size: 16, isWritable: true });
  const bytes = new Uint8Array(mapping.buffer);
  mapUpdate(map, u32(1), value(9));
  assert.deepEqual(bytes.slice(8, 16), value(9));
  bytes[0] = 77;
  const out = new Uint8Array(8);
  mapLookup(map, u32(0), out);
  assert.equal(out[0], 77);
});

rootTest("a view of closed mapped memory reads zeros instead of killing the process", () => {
  using map = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: mapFlags.mmapable });
  const mapping = new Mapping({ fd: map, size: 8 });
  mapUpdate(map, u32(0), value(9));
  const bytes = new Uint8Array(mapping.buffer);
  assert.equal(bytes[0], 9);
  mapping.close();
  mapping.close();
  assert.equal(bytes[0], 0);
  assert.throws(() => mapping.buffer, /unmapped/);
});

rootTest("a map that cannot be mapped says so", () => {
  using map = hash();
  assert.throws(
    () => new Mapping({ fd: map, size: 8 }),
    (error) => isSystemError(error, "ENOTSUPP") && error.message.includes("map test_hash"),
  );
});

rootTest("a map the kernel refuses is a clear error and leaks nothing", () => {
  const leaked = descriptorsLeakedBy(() =>
    assert.throws(
      () => mapCreate({ type: "hash", keySize: 0, valueSize: 8, maxEntries: 8, name: "bad" }),
      (error) =>
        isSystemError(error, "EINVAL") &&
        error.what === "Cannot create the hash map bad (key 0 bytes, value 8 bytes, 8 entries, flags 0)",
    ),
  );
  assert.deepEqual(leaked, []);
});

rootTest("values longer than a page pass unharmed", () => {
  using map = mapCreate({ type: "array", keySize: 4, valueSize: 10_000, maxEntries: 1 });
  const written = Uint8Array.from({ length: 10_000 }, (_, index) => index & 0xff);
  mapUpdate(map, u32(0), written);
  const out = new Uint8Array(10_000);
  mapLookup(map, u32(0), out);
  assert.deepEqual(out, written);
});
