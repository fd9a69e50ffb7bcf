import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createBtfBuilder } from "./btf.ts";
import { decodeBtf } from "./btf-decode.ts";
import { encodeBtf } from "./btf-encode.ts";
import { createStringTable } from "./btf-strings.ts";
import type { BtfType } from "./btf-types.ts";

/** One type of each kind; ids refer to places in this list, counted from 1. */
const everyKind: readonly BtfType[] = [
  { kind: "int", name: "u32", size: 4, encoding: "unsigned", bits: 32 },
  { kind: "int", name: "bool", size: 1, encoding: "bool", bits: 8 },
  { kind: "ptr", type: 4 },
  {
    kind: "struct",
    name: "node",
    size: 16,
    members: [
      { name: "next", type: 3, bitOffset: 0 },
      { name: "low", type: 1, bitOffset: 64, bitSize: 4 },
      { name: "high", type: 1, bitOffset: 68, bitSize: 28 },
    ],
  },
  { kind: "union", name: "", size: 4, members: [{ name: "word", type: 1, bitOffset: 0 }] },
  { kind: "array", element: 1, index: 1, length: 3 },
  { kind: "enum", name: "verdict", size: 4, signed: true, enumerators: [{ name: "BAD", value: -1n }] },
  { kind: "enum", name: "flag", size: 4, signed: false, enumerators: [{ name: "TOP", value: 0x8000_0000n }] },
  { kind: "enum64", name: "wide", size: 8, signed: false, enumerators: [{ name: "ALL", value: 2n ** 64n - 1n }] },
  { kind: "fwd", name: "sk_buff", of: "struct" },
  { kind: "typedef", name: "be32", type: 1 },
  { kind: "volatile", type: 1 },
  { kind: "const", type: 1 },
  { kind: "restrict", type: 3 },
  { kind: "funcProto", result: 0, parameters: [{ name: "ctx", type: 3 }] },
  { kind: "func", name: "lb", prototype: 15, linkage: "global" },
  { kind: "var", name: "total", type: 1, linkage: "static" },
  { kind: "datasec", name: ".bss", size: 4, placements: [{ type: 17, offset: 0, size: 4 }] },
  { kind: "float", name: "double", size: 8 },
  { kind: "declTag", name: "tag", type: 4, component: -1 },
  { kind: "typeTag", name: "user", type: 1 },
];

const whyRefused = (bytes: Uint8Array): string => {
  const decoded = decodeBtf(bytes);
  assert.ok(!decoded.ok);
  assert.equal(decoded.problem.code, "btf-malformed");
  return decoded.problem.why;
};

const withWord = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const changed = bytes.slice();
  new DataView(changed.buffer).setUint32(at, value, true);
  return changed;
};

describe("decodeBtf", () => {
  const bytes = encodeBtf(everyKind, createStringTable());

  it("reads back a type of every kind", () => {
    assert.deepEqual(decodeBtf(bytes), { ok: true, value: everyKind });
  });

  it("reads names that are not ASCII", () => {
    const btf = createBtfBuilder();
    btf.int("größe", 4, "unsigned");
    assert.deepEqual(decodeBtf(btf.encode()), { ok: true, value: btf.types });
  });

  it("says what is wrong with bytes it refuses", () => {
    assert.match(whyRefused(new Uint8Array(23)), /header alone takes 24 bytes/);
    assert.match(whyRefused(withWord(bytes, 0, 0x0001_9feb)), /begins with 0x9feb instead of 0xeb9f/);
    assert.match(whyRefused(withWord(bytes, 0, 0x0002_eb9f)), /version is 2/);
    assert.match(whyRefused(withWord(bytes, 12, 0xffff_fff0)), /type section spans bytes 24\.\./);
    assert.match(whyRefused(withWord(bytes, 12, 14)), /type section has 14 bytes/);
    assert.match(whyRefused(withWord(bytes, 12, 8)), /cut short/);
    assert.match(whyRefused(withWord(bytes, 24, 0xffff)), /a name lies at 65535/);
    assert.match(whyRefused(withWord(bytes, 28, 0x1f00_0000)), /unknown kind 31/);
    assert.match(whyRefused(withWord(bytes, 36, 0x0300_0020)), /integer "u32" has the unsupported encoding/);
    assert.match(whyRefused(encodeBtf([{ kind: "ptr", type: 2 }], createStringTable())), /type 2 of only 1/);
    assert.match(whyRefused(bytes.with(bytes.length - 1, 65)), /does not begin and end with a zero/);
  });

  it("turns any bytes into a value or a problem, never an exception", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => typeof decodeBtf(noise).ok === "boolean"));
  });

  it("turns damaged BTF into a value or a problem, and what it accepts it can write back", () => {
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        const decoded = decodeBtf(damaged);
        if (!decoded.ok) return;
        assert.deepEqual(decodeBtf(encodeBtf(decoded.value, createStringTable())), decoded);
      }),
      { numRuns: 2000 },
    );
  });
});
