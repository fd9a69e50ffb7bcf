import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MapInfo } from "@weir/linux";
import { createBtfBuilder, type MapSpec } from "../object/index.ts";
import { layoutDifferences, layoutFingerprint, layoutOfInfo, layoutOfSpec, type MapLayout } from "./map-layout.ts";

const HASH = 1;
const DEVMAP = 14;

function flowMap(
  fields: readonly (readonly [name: string, bytes: 1 | 2 | 4 | 8])[],
  change: Partial<MapSpec> = {},
): MapLayout {
  const btf = createBtfBuilder();
  let at = 0;
  const members = fields.map(([name, size]) => {
    const member = { name, type: btf.int(`u${size * 8}`, size, "unsigned"), bitOffset: at * 8 };
    at += size;
    return member;
  });
  const types = { key: btf.int("u32", 4, "unsigned"), value: btf.struct("Flow", at, members) };
  const spec: MapSpec = {
    ...{ name: "flows", type: HASH, keySize: 4, valueSize: at, maxEntries: 8, flags: 0 },
    ...{ types, inner: null, contents: null },
    ...change,
  };
  return layoutOfSpec(spec, btf.types);
}

describe("the layout of a map", () => {
  it("lists the members of key and value with their places", () => {
    assert.deepEqual(
      flowMap([
        ["packets", 8],
        ["last", 4],
      ]).members,
      {
        key: [{ path: "", bitOffset: 0, type: "u32 (unsigned, 4 bytes)" }],
        value: [
          { path: "packets", bitOffset: 0, type: "u64 (unsigned, 8 bytes)" },
          { path: "last", bitOffset: 64, type: "u32 (unsigned, 4 bytes)" },
        ],
      },
    );
  });

  it("follows structs and arrays inside, and typedefs to what they name", () => {
    const btf = createBtfBuilder();
    const u8 = btf.int("u8", 1, "unsigned");
    const port = btf.typedef("port_t", btf.int("u16", 2, "unsigned"));
    const end = btf.struct("End", 8, [
      { name: "mac", type: btf.array(u8, 6, u8), bitOffset: 0 },
      { name: "port", type: port, bitOffset: 48 },
    ]);
    const value = btf.struct("Pair", 24, [
      { name: "from", type: end, bitOffset: 0 },
      { name: "to", type: btf.array(end, 2, u8), bitOffset: 64 },
    ]);
    const spec: MapSpec = {
      ...{ name: "pairs", type: HASH, keySize: 1, valueSize: 24, maxEntries: 1, flags: 0 },
      ...{ types: { key: u8, value }, inner: null, contents: null },
    };
    assert.deepEqual(layoutOfSpec(spec, btf.types).members?.value, [
      { path: "from.mac", bitOffset: 0, type: "u8 (unsigned, 1 bytes) × 6" },
      { path: "from.port", bitOffset: 48, type: "u16 (unsigned, 2 bytes)" },
      { path: "to[].mac", bitOffset: 64, type: "u8 (unsigned, 1 bytes) × 6 × 2" },
      { path: "to[].port", bitOffset: 112, type: "u16 (unsigned, 2 bytes) × 2" },
    ]);
  });

  it("ends on types that contain themselves, as BTF from elsewhere may", () => {
    const types = [
      { kind: "struct", name: "loop", size: 4, members: [{ name: "again", type: 1, bitOffset: 0 }] },
    ] as const;
    const spec: MapSpec = {
      ...{ name: "loop", type: HASH, keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 },
      ...{ types: { key: 1, value: 1 }, inner: null, contents: null },
    };
    assert.deepEqual(layoutOfSpec(spec, types).members, { key: [], value: [] });
  });

  it("ignores the flag that the kernel adds to device maps", () => {
    const spec: MapSpec = {
      ...{ name: "devices", type: DEVMAP, keySize: 4, valueSize: 4, maxEntries: 8, flags: 0 },
      ...{ types: null, inner: null, contents: null },
    };
    const info: MapInfo = {
      ...{ type: "devmap", id: 5, keySize: 4, valueSize: 4, maxEntries: 8, flags: 0x80, name: "devices", ifindex: 0 },
      ...{ btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0, mapExtra: 0n },
    };
    assert.deepEqual(layoutDifferences(layoutOfSpec(spec, []), layoutOfInfo(info, null)), []);
  });
});

describe("differences between layouts", () => {
  it("there are none between equal ones, and their fingerprints are equal", () => {
    const a = flowMap([
      ["packets", 8],
      ["last", 4],
    ]);
    const b = flowMap([
      ["packets", 8],
      ["last", 4],
    ]);
    assert.deepEqual(layoutDifferences(a, b), []);
    assert.equal(layoutFingerprint(a), layoutFingerprint(b));
  });

  it("swapped fields are found although every size agrees", () => {
    const wanted = flowMap([
      ["source", 4],
      ["target", 4],
    ]);
    const found = flowMap([
      ["target", 4],
      ["source", 4],
    ]);
    assert.deepEqual(layoutDifferences(wanted, found), [
      "value source: wanted u32 (unsigned, 4 bytes) at byte 0, found u32 (unsigned, 4 bytes) at byte 4",
      "value target: wanted u32 (unsigned, 4 bytes) at byte 4, found u32 (unsigned, 4 bytes) at byte 0",
    ]);
    assert.notEqual(layoutFingerprint(wanted), layoutFingerprint(found));
  });

  it("a renamed field is one missing and one too many", () => {
    assert.deepEqual(layoutDifferences(flowMap([["packets", 8]]), flowMap([["bytes", 8]])), [
      "value packets: wanted u64 (unsigned, 8 bytes) at byte 0, found none",
      "value bytes: wanted none, found u64 (unsigned, 8 bytes) at byte 0",
    ]);
  });

  const plain = flowMap([["packets", 8]]);
  const cases = [
    { change: { type: 9 }, line: "type: wanted hash, found lru_hash" },
    { change: { keySize: 8 }, line: "key size: wanted 4, found 8" },
    { change: { valueSize: 16 }, line: "value size: wanted 8, found 16" },
    { change: { maxEntries: 9 }, line: "entries: wanted 8, found 9" },
    { change: { flags: 1 }, line: "flags: wanted 0x0, found 0x1" },
    { change: { types: null }, line: "type information: wanted, found none, so fields cannot be compared" },
  ] as const;
  for (const { change, line } of cases) {
    it(`one line tells: ${line}`, () => {
      const other = flowMap([["packets", 8]], change);
      assert.deepEqual(layoutDifferences(plain, other), [line]);
      assert.notEqual(layoutFingerprint(plain), layoutFingerprint(other));
    });
  }
});
