import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array } from "./array.ts";
import { atomicAdd } from "./atomic.ts";
import { i8, i16, i32, raw16, raw32, u8, u16, u32, u64 } from "./integer.ts";
import { bytes } from "./kind.ts";
import { keyLayout, struct } from "./layout.ts";
import { Memory } from "./memory.ts";
import { copy, equal, type Ref } from "./reference.ts";

const Inner = struct({ size: 8, fields: { a: u32, b: u16, c: bytes(2) } });
const Host = struct({
  size: 40,
  source: "this test",
  fields: {
    wide: u64,
    word: u32,
    half: u16,
    byte: u8,
    signed: i8,
    inner: Inner,
    words: array(u16, 4),
    raw: raw32,
    tail: i32,
  },
});
const Network = struct({
  order: "network",
  size: 15,
  fields: { byte: u8, half: u16, word: u32, raw: raw16, signed: i16, list: array(u16, 2) },
});

describe("a layout", () => {
  it("lists its fields with offsets and sizes", () => {
    assert.deepEqual(
      Host.fields.map(({ name, offset, size }) => [name, offset, size]),
      [
        ["wide", 0, 8],
        ["word", 8, 4],
        ["half", 12, 2],
        ["byte", 14, 1],
        ["signed", 15, 1],
        ["inner", 16, 8],
        ["words", 24, 8],
        ["raw", 32, 4],
        ["tail", 36, 4],
      ],
    );
    assert.equal(Host.alignment, 8);
    assert.equal(Network.alignment, 1);
    assert.equal(Host.source, "this test");
  });

  it("gives every kind its tag", () => {
    assert.deepEqual(Host.fields[5]?.kind, { kind: "struct", layout: Inner });
    assert.deepEqual(Host.fields[6]?.kind, { kind: "vector", element: u16, length: 4 });
  });

  const refusals = [
    {
      why: "sizes that do not add up",
      make: () => struct({ size: 3, fields: { a: u16 } }),
      says: /add up to 2 \(0 a: u16\)/,
    },
    {
      why: "a misaligned field",
      make: () => struct({ size: 3, fields: { a: u8, b: u16 } }),
      says: /b: u16 at offset 1/,
    },
    {
      why: "a size that breaks alignment",
      make: () => struct({ size: 5, fields: { a: u32, b: u8 } }),
      says: /3 bytes of padding/,
    },
    { why: "no fields", make: () => struct({ size: 0, fields: {} }), says: /without fields/ },
    {
      why: "a name objects already have",
      make: () => struct({ size: 1, fields: { constructor: u8 } }),
      says: /"constructor"/,
    },
    { why: "a name with a dollar sign", make: () => struct({ size: 1, fields: { $at: u8 } }), says: /"\$at"/ },
    { why: "a vector of no elements", make: () => array(u8, 0), says: /vector of 0 elements/ },
  ];
  for (const { why, make, says } of refusals) {
    it(`refuses ${why}`, () => assert.throws(make, says));
  }

  it("wraps an integer kind as the field value, once for each kind", () => {
    assert.equal(keyLayout(u32), keyLayout(u32));
    assert.equal(keyLayout(u32).scalar, u32);
    assert.deepEqual(keyLayout(u64).fields, [{ name: "value", kind: u64, offset: 0, size: 8 }]);
    assert.equal(keyLayout(Inner), Inner);
    assert.equal(Inner.scalar, null);
  });
});

describe("a reference", () => {
  it("writes host order little-endian and raw words as they lie", () => {
    const memory = Memory.zeroed(40);
    const ref = Host.make({
      wide: 0x0102030405060708n,
      word: 0x0a0b0c0d,
      half: 0x1122,
      byte: 0x33,
      signed: -1,
      raw: 0x01020304,
    });
    memory.bytes.set(ref.$memory.bytes.subarray(ref.$at, ref.$at + 40));
    assert.deepEqual(
      [...memory.bytes.subarray(0, 16)],
      [8, 7, 6, 5, 4, 3, 2, 1, 0x0d, 0x0c, 0x0b, 0x0a, 0x22, 0x11, 0x33, 0xff],
    );
    assert.deepEqual([...memory.bytes.subarray(32, 36)], [4, 3, 2, 1]);
    assert.equal(ref.signed, -1);
  });

  it("writes network order big-endian, vectors too, raw words excepted", () => {
    const ref = Network.make({ byte: 1, half: 0x0203, word: 0x04050607, raw: 0x0809, signed: -2 });
    ref.list.set(0, 0x0a0b);
    ref.list.set(1, 0x0c0d);
    assert.deepEqual(
      [...ref.$memory.bytes.subarray(ref.$at, ref.$at + 15)],
      [1, 2, 3, 4, 5, 6, 7, 9, 8, 0xff, 0xfe, 10, 11, 12, 13],
    );
    assert.equal(ref.half, 0x0203);
    assert.equal(ref.raw, 0x0809);
    assert.equal(ref.signed, -2);
    assert.equal(ref.list.get(1), 0x0c0d);
  });

  it("truncates what it stores, as a register store does", () => {
    const ref = Host.make();
    ref.byte = 0x1ff;
    ref.half = -1;
    ref.word = 2 ** 32 + 5;
    ref.signed = 200;
    ref.wide = 2n ** 64n + 3n;
    assert.deepEqual([ref.byte, ref.half, ref.word, ref.signed, ref.wide], [0xff, 0xffff, 5, -56, 3n]);
    ref.wide = -1n;
    assert.equal(ref.wide, 2n ** 64n - 1n);
  });

  it("refuses fractions, NaN and numbers that have lost their last bit", () => {
    const ref = Host.make();
    for (const value of [0.5, Number.NaN, 2 ** 53]) {
      assert.throws(() => {
        ref.word = value;
      }, /exact integers/);
    }
  });

  it("begins zeroed, and a named field is set", () => {
    const ref = Host.make({ half: 7 });
    assert.deepEqual([ref.wide, ref.word, ref.half, ref.inner.a, ref.words.get(3)], [0n, 0, 7, 0, 0]);
  });

  it("reaches into nested layouts and copies them on assignment", () => {
    const ref = Host.make();
    const inner = Inner.make({ a: 1, b: 2 });
    ref.inner = inner;
    inner.a = 9;
    ref.inner.b = 3;
    assert.deepEqual([ref.inner.a, ref.inner.b, inner.a, inner.b], [1, 3, 9, 2]);
  });

  it("copies vectors on assignment and compares them by their bytes", () => {
    const a = Inner.make();
    const b = Inner.make();
    a.c.set(1, 5);
    assert.equal(a.c.equals(b.c), false);
    b.c = a.c;
    assert.equal(a.c.equals(b.c), true);
    assert.equal(b.c.get(1), 5);
    assert.equal(b.c.length, 2);
  });

  it("refuses an index outside a vector", () => {
    const ref = Inner.make();
    for (const index of [-1, 2, 0.5]) assert.throws(() => ref.c.set(index, 0), RangeError);
    assert.throws(() => ref.c.get(2), /element 2 of a vector of 2/);
  });

  it("copies and compares whole structs", () => {
    const a = Host.make({ wide: 1n, tail: -5 });
    const b = Host.make();
    assert.equal(equal(a, b), false);
    copy(b, a);
    assert.equal(equal(a, b), true);
    assert.equal(b.tail, -5);
  });

  it("reaches vectors of layouts", () => {
    const List = struct({ size: 16, fields: { items: array(Inner, 2) } });
    const list = List.make();
    list.items.get(1).a = 8;
    list.items.set(0, list.items.get(1));
    assert.equal(list.items.get(0).a, 8);
  });

  it("reads and writes u64 at any offset, where a stale memory has none", () => {
    const Wide = struct({ size: 8, fields: { value: u64 } });
    for (const at of [0, 8, 3]) {
      const memory = Memory.zeroed(24);
      const ref = Wide.reference(memory, at) as Ref<typeof Wide>;
      ref.value = 0x0102030405060708n;
      atomicAdd(ref, "value", 1n);
      assert.deepEqual([ref.value, memory.bytes[at], memory.bytes[at + 7]], [0x0102030405060709n, 9, 1]);
      memory.invalidate();
      assert.throws(() => ref.value, RangeError);
      assert.throws(() => {
        ref.value = 1n;
      }, RangeError);
      assert.throws(() => atomicAdd(ref, "value", 1n), RangeError);
    }
  });

  it("copies more than 64 bytes as well", () => {
    const Long = struct({ size: 72, fields: { list: array(u64, 9) } });
    const a = Long.make();
    a.list.set(8, 7n);
    const b = Long.make();
    copy(b, a);
    assert.equal(b.list.get(8), 7n);
  });
});
