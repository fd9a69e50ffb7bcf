import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, bytes, u8, u16, u32, u64 } from "../../language/index.ts";
import { struct } from "../../language/layout.ts";
import { hash, lpmTrie, lruHash, percpuArray } from "../../language/map/keyed.ts";
import { arrayOfMaps } from "../../language/map/map-of-maps.ts";
import { queue } from "../../language/map/queue.ts";
import { ringBuffer } from "../../language/map/ring-buffer.ts";
import { createBtfBuilder } from "../../object/btf.ts";
import { LayoutTypes } from "./layout-types.ts";
import { mapSpec, tableSpec } from "./map-spec.ts";

// Numbers of enum bpf_map_type and of BPF_F_… in linux/bpf.h.
const NO_PREALLOC = 1;
const RDONLY_PROG = 128;
const MMAPABLE = 1024;

const Key = struct({ size: 8, fields: { address: bytes(4), port: u16, kind: u8, rest: u8 } });
const Value = struct({ size: 16, fields: { packets: u64, bytes: u64 } });

const types = new LayoutTypes(createBtfBuilder(), new Map());

describe("the spec of a map", () => {
  const cases = [
    [
      "hash",
      hash("flows", { key: Key, value: Value, maxEntries: 10 }),
      { type: 1, keySize: 8, valueSize: 16, flags: 0 },
    ],
    [
      "hash without preallocation",
      hash("few", { key: u16, value: u8, maxEntries: 10, preallocate: false }),
      { type: 1, keySize: 2, valueSize: 1, flags: NO_PREALLOC },
    ],
    [
      "array, which user space maps into its memory",
      array("counts", { value: u64, maxEntries: 10 }),
      { type: 2, keySize: 4, valueSize: 8, flags: MMAPABLE },
    ],
    [
      "percpuArray, which it cannot",
      percpuArray("own", { value: Value, maxEntries: 10 }),
      { type: 6, keySize: 4, valueSize: 16, flags: 0 },
    ],
    [
      "lruHash",
      lruHash("recent", { key: Key, value: u32, maxEntries: 10 }),
      { type: 9, keySize: 8, valueSize: 4, flags: 0 },
    ],
    [
      "queue, which has no keys",
      queue("waiting", { value: Value, maxEntries: 10 }),
      { type: 22, keySize: 0, valueSize: 16, flags: 0 },
    ],
  ] as const;
  for (const [title, declaration, expected] of cases) {
    it(`${title}`, () => {
      const { type, keySize, valueSize, flags, maxEntries } = mapSpec(declaration, types);
      assert.deepEqual({ type, keySize, valueSize, flags }, expected);
      assert.equal(maxEntries, 10);
    });
  }

  it("lpmTrie, which is never preallocated", () => {
    const Prefix = struct({ size: 8, fields: { length: u32, address: u32 } });
    const { type, flags } = mapSpec(lpmTrie("routes", { key: Prefix, value: u32, maxEntries: 10 }), types);
    assert.deepEqual([type, flags], [11, NO_PREALLOC]);
  });

  it("ringBuffer, whose size in bytes takes the place of its elements", () => {
    const {
      type,
      keySize,
      valueSize,
      maxEntries,
      types: typed,
    } = mapSpec(ringBuffer("events", { value: Value, size: 4096 }), types);
    assert.deepEqual([type, keySize, valueSize, maxEntries, typed], [27, 0, 0, 4096, null]);
  });

  it("of maps has the pattern of its inner maps", () => {
    const pool = array("pool", { value: u32, maxEntries: 4 });
    const { type, valueSize, inner } = mapSpec(arrayOfMaps("generations", { inner: pool, maxEntries: 2 }), types);
    assert.deepEqual([type, valueSize, inner?.name, inner?.maxEntries], [12, 4, "pool", 4]);
  });

  it("of a constant table is one element, which no program writes", () => {
    const contents = Uint8Array.of(1, 2, 3);
    assert.deepEqual(tableSpec("powers.0", contents), {
      ...{ name: "powers.0", type: 2, keySize: 4, valueSize: 3, maxEntries: 1 },
      ...{ flags: RDONLY_PROG, types: null, inner: null, contents },
    });
  });
});
