import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array } from "../array.ts";
import { u8, u32, u64 } from "../integer.ts";
import { bytes } from "../kind.ts";
import { struct } from "../layout.ts";
import { MAP_TYPES } from "./declaration.ts";
import { cell, hash, lpmTrie } from "./keyed.ts";
import { arrayOfMaps } from "./map-of-maps.ts";
import { queue } from "./queue.ts";
import { ringBuffer } from "./ring-buffer.ts";

const Key = struct({ size: 4, fields: { a: u32 } });
const Prefix = struct({ size: 8, fields: { length: u32, address: bytes(4) } });

describe("a map declaration", () => {
  it("carries the facts that compiler and loader need", () => {
    const map = hash("flows", { key: Key, value: u64, maxEntries: 10, preallocate: false });
    assert.deepEqual(
      [map.kind, map.name, map.key, map.value.scalar, map.maxEntries, map.preallocate, map.isCell],
      ["hash", "flows", Key, u64, 10, false, false],
    );
  });

  it("has a number of its own", () => {
    const options = { key: Key, value: Key, maxEntries: 1 };
    assert.notEqual(hash("a", options).id, hash("a", options).id);
  });

  it("of an array has u32 keys", () => {
    assert.equal(array("a", { value: u64, maxEntries: 2 }).key.scalar, u32);
  });

  it("of a cell is an array of one element", () => {
    const { kind, maxEntries, isCell } = cell("state", Key);
    assert.deepEqual([kind, maxEntries, isCell], ["array", 1, true]);
  });

  it("of a ring buffer counts bytes", () => {
    assert.equal(ringBuffer("events", { value: Key, size: 8192 }).maxEntries, 8192);
  });

  it("numbers its kind as enum bpf_map_type does", () => {
    assert.deepEqual(
      [MAP_TYPES.hash.type, MAP_TYPES.lpmTrie.type, MAP_TYPES.sockHash.type, MAP_TYPES.ringBuffer.type],
      [1, 11, 18, 27],
    );
  });

  const refusals = [
    { why: "an empty name", make: () => queue("", { value: Key, maxEntries: 1 }), says: /1 to 15/ },
    {
      why: "a name of 16 letters",
      make: () => queue("abcdefghijklmnop", { value: Key, maxEntries: 1 }),
      says: /1 to 15/,
    },
    { why: "a name with a dash", make: () => queue("a-b", { value: Key, maxEntries: 1 }), says: /1 to 15/ },
    { why: "no entries", make: () => queue("a", { value: Key, maxEntries: 0 }), says: /with 0 entries/ },
    { why: "half an entry", make: () => queue("a", { value: Key, maxEntries: 1.5 }), says: /with 1.5 entries/ },
    {
      why: "a ring buffer of 6000 bytes",
      make: () => ringBuffer("a", { value: Key, size: 6000 }),
      says: /power of two/,
    },
    { why: "a ring buffer of half a page", make: () => ringBuffer("a", { value: Key, size: 2048 }), says: /one page/ },
    {
      why: "a trie without a prefix length",
      make: () => lpmTrie("a", { key: Key, value: u8, maxEntries: 1 }),
      says: /prefix length/,
    },
    {
      why: "a cell as an inner map",
      make: () => arrayOfMaps("a", { inner: cell("b", Key), maxEntries: 1 }),
      says: /inner map b is a cell/,
    },
  ];
  for (const { why, make, says } of refusals) {
    it(`refuses ${why}`, () => assert.throws(make, says));
  }

  it("accepts a trie whose key begins with its prefix length", () => {
    assert.equal(lpmTrie("routes", { key: Prefix, value: u32, maxEntries: 1 }).preallocate, false);
  });

  it("cannot be used outside of a machine", () => {
    const map = hash("flows", { key: Key, value: u64, maxEntries: 10 });
    assert.throws(() => map.lookup(Key.make()), /no machine is running/);
  });
});
