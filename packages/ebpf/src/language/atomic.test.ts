import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  atomicAdd,
  atomicAnd,
  atomicCompareExchange,
  atomicExchange,
  atomicFetchAdd,
  atomicOr,
  atomicXor,
} from "./atomic.ts";
import { raw32, u8, u32, u64 } from "./integer.ts";
import { bytes } from "./kind.ts";
import { struct } from "./layout.ts";

const Counter = struct({ size: 24, fields: { wide: u64, word: u32, raw: raw32, byte: u8, padding: bytes(7) } });

describe("atomics", () => {
  it("add wraps at the width of the field", () => {
    const ref = Counter.make({ wide: 2n ** 64n - 1n, word: 0xffffffff });
    atomicAdd(ref, "wide", 2n);
    atomicAdd(ref, "word", 2);
    assert.deepEqual([ref.wide, ref.word], [1n, 1]);
  });

  it("fetchAdd returns what was there before", () => {
    const ref = Counter.make({ wide: 5n, word: 6 });
    assert.deepEqual([atomicFetchAdd(ref, "wide", 1n), atomicFetchAdd(ref, "word", -1)], [5n, 6]);
    assert.deepEqual([ref.wide, ref.word], [6n, 5]);
  });

  it("or, and, xor work on all bits, the highest included", () => {
    const ref = Counter.make({ wide: 0x8000000000000000n, word: 0x80000000 });
    atomicOr(ref, "wide", 1n);
    atomicOr(ref, "word", 1);
    assert.deepEqual([ref.wide, ref.word], [0x8000000000000001n, 0x80000001]);
    atomicAnd(ref, "wide", 0x8000000000000000n);
    atomicAnd(ref, "word", 0x80000000);
    assert.deepEqual([ref.wide, ref.word], [0x8000000000000000n, 0x80000000]);
    atomicXor(ref, "wide", 0xc000000000000000n);
    atomicXor(ref, "word", 0xc0000000);
    assert.deepEqual([ref.wide, ref.word], [0x4000000000000000n, 0x40000000]);
  });

  it("exchange returns the old value and stores the new one", () => {
    const ref = Counter.make({ word: 3 });
    assert.equal(atomicExchange(ref, "word", 4), 3);
    assert.equal(ref.word, 4);
  });

  it("compareExchange stores only if the expected value is there", () => {
    const ref = Counter.make({ wide: 3n });
    assert.equal(atomicCompareExchange(ref, "wide", 2n, 9n), 3n);
    assert.equal(ref.wide, 3n);
    assert.equal(atomicCompareExchange(ref, "wide", 3n, 9n), 3n);
    assert.equal(ref.wide, 9n);
  });

  it("refuse raw words and narrow fields", () => {
    const ref = Counter.make();
    assert.throws(() => atomicAdd(ref, "raw", 1), /u32 and u64 fields/);
    assert.throws(() => atomicAdd(ref, "byte", 1), /u32 and u64 fields/);
  });
});
