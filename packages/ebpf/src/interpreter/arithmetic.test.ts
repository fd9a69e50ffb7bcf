import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import * as bpf from "../object/index.ts";
import { alu32, alu64, isConditionTrue, signExtend, swapBytes } from "./arithmetic.ts";

const MIN32 = -0x8000_0000;
const MIN64 = -(2n ** 63n);
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

// Worked by hand from RFC 9669 section 4.1.
const cases32 = [
  { name: "add wraps", operation: bpf.ALU_ADD, left: 0x7fff_ffff, right: 1, expected: MIN32 },
  { name: "sub wraps", operation: bpf.ALU_SUB, left: MIN32, right: 1, expected: 0x7fff_ffff },
  { name: "mul keeps the low 32 bits", operation: bpf.ALU_MUL, left: 0x1_0001, right: 0x1_0001, expected: 0x2_0001 },
  { name: "mul is exact past 2^53", operation: bpf.ALU_MUL, left: -1, right: 0x7fff_ffff, expected: -0x7fff_ffff },
  { name: "div is unsigned", operation: bpf.ALU_DIV, left: -1, right: 2, expected: 0x7fff_ffff },
  { name: "div of a high value by 1", operation: bpf.ALU_DIV, left: -2, right: 1, expected: -2 },
  { name: "div by zero is 0", operation: bpf.ALU_DIV, left: 7, right: 0, expected: 0 },
  { name: "mod is unsigned", operation: bpf.ALU_MOD, left: -1, right: 10, expected: 5 },
  { name: "mod by zero keeps the dividend", operation: bpf.ALU_MOD, left: -7, right: 0, expected: -7 },
  { name: "sdiv rounds to zero", operation: bpf.ALU_DIV, left: -7, right: 2, signed: true, expected: -3 },
  { name: "sdiv by zero is 0", operation: bpf.ALU_DIV, left: -7, right: 0, signed: true, expected: 0 },
  {
    name: "sdiv of the smallest by -1 wraps",
    operation: bpf.ALU_DIV,
    left: MIN32,
    right: -1,
    signed: true,
    expected: MIN32,
  },
  { name: "smod takes the dividend's sign", operation: bpf.ALU_MOD, left: -7, right: 2, signed: true, expected: -1 },
  {
    name: "smod of the smallest by -1 is 0",
    operation: bpf.ALU_MOD,
    left: MIN32,
    right: -1,
    signed: true,
    expected: 0,
  },
  { name: "smod by zero keeps the dividend", operation: bpf.ALU_MOD, left: -7, right: 0, signed: true, expected: -7 },
  { name: "or", operation: bpf.ALU_OR, left: 0x0f, right: MIN32, expected: MIN32 + 0x0f },
  { name: "and", operation: bpf.ALU_AND, left: -1, right: 0xff, expected: 0xff },
  { name: "xor", operation: bpf.ALU_XOR, left: -1, right: 0xff, expected: -256 },
  { name: "lsh", operation: bpf.ALU_LSH, left: 1, right: 31, expected: MIN32 },
  { name: "lsh counts modulo 32", operation: bpf.ALU_LSH, left: 1, right: 33, expected: 2 },
  { name: "rsh fills with zeros", operation: bpf.ALU_RSH, left: -1, right: 28, expected: 15 },
  { name: "rsh by 0 keeps all bits", operation: bpf.ALU_RSH, left: -1, right: 32, expected: -1 },
  { name: "arsh fills with the sign", operation: bpf.ALU_ARSH, left: MIN32, right: 31, expected: -1 },
] as const;

const cases64 = [
  { name: "add wraps", operation: bpf.ALU_ADD, left: 2n ** 63n - 1n, right: 1n, expected: MIN64 },
  { name: "sub wraps", operation: bpf.ALU_SUB, left: MIN64, right: 1n, expected: 2n ** 63n - 1n },
  {
    name: "mul keeps the low 64 bits",
    operation: bpf.ALU_MUL,
    left: 2n ** 32n + 1n,
    right: 2n ** 32n + 1n,
    expected: 2n ** 33n + 1n,
  },
  { name: "div is unsigned", operation: bpf.ALU_DIV, left: -1n, right: 2n, expected: 2n ** 63n - 1n },
  { name: "div by -1 is by 2^64 - 1", operation: bpf.ALU_DIV, left: -1n, right: -1n, expected: 1n },
  { name: "div by zero is 0", operation: bpf.ALU_DIV, left: 7n, right: 0n, expected: 0n },
  { name: "mod is unsigned", operation: bpf.ALU_MOD, left: -1n, right: 10n, expected: 5n },
  { name: "mod by zero keeps the dividend", operation: bpf.ALU_MOD, left: -7n, right: 0n, expected: -7n },
  { name: "sdiv rounds to zero", operation: bpf.ALU_DIV, left: -7n, right: 2n, signed: true, expected: -3n },
  { name: "sdiv by zero is 0", operation: bpf.ALU_DIV, left: -7n, right: 0n, signed: true, expected: 0n },
  {
    name: "sdiv of the smallest by -1 wraps",
    operation: bpf.ALU_DIV,
    left: MIN64,
    right: -1n,
    signed: true,
    expected: MIN64,
  },
  { name: "smod takes the dividend's sign", operation: bpf.ALU_MOD, left: -7n, right: 2n, signed: true, expected: -1n },
  {
    name: "smod of the smallest by -1 is 0",
    operation: bpf.ALU_MOD,
    left: MIN64,
    right: -1n,
    signed: true,
    expected: 0n,
  },
  { name: "or", operation: bpf.ALU_OR, left: 0x0fn, right: MIN64, expected: MIN64 + 0x0fn },
  { name: "and", operation: bpf.ALU_AND, left: -1n, right: 0xffn, expected: 0xffn },
  { name: "xor", operation: bpf.ALU_XOR, left: -1n, right: 0xffn, expected: -256n },
  { name: "lsh", operation: bpf.ALU_LSH, left: 1n, right: 63n, expected: MIN64 },
  { name: "lsh counts modulo 64", operation: bpf.ALU_LSH, left: 1n, right: 65n, expected: 2n },
  { name: "rsh fills with zeros", operation: bpf.ALU_RSH, left: -1n, right: 60n, expected: 15n },
  { name: "arsh fills with the sign", operation: bpf.ALU_ARSH, left: MIN64, right: 63n, expected: -1n },
  {
    name: "arsh counts modulo 64, even a negative count",
    operation: bpf.ALU_ARSH,
    left: 4n,
    right: -62n,
    expected: 1n,
  },
] as const;

describe("32-bit arithmetic", () => {
  for (const { name, operation, left, right, expected, ...rest } of cases32) {
    it(`${name}: ${left}, ${right} gives ${expected}`, () => {
      assert.equal(alu32(operation, left, right, "signed" in rest), expected);
    });
  }

  it("refuses what is no operation", () => assert.throws(() => alu32(0xe0, 1, 1, false), RangeError));
});

describe("64-bit arithmetic", () => {
  for (const { name, operation, left, right, expected, ...rest } of cases64) {
    it(`${name}: ${left}, ${right} gives ${expected}`, () => {
      assert.equal(wrap(alu64(operation, left, right, "signed" in rest)), expected);
    });
  }

  it("refuses what is no operation", () => assert.throws(() => alu64(0xe0, 1n, 1n, false), RangeError));

  it("agrees with 32-bit arithmetic wherever the low half decides", () => {
    const word = fc.integer({ min: MIN32, max: 0x7fff_ffff });
    const lowHalfDecides = fc.constantFrom(bpf.ALU_ADD, bpf.ALU_SUB, bpf.ALU_MUL, bpf.ALU_OR, bpf.ALU_AND, bpf.ALU_XOR);
    fc.assert(
      fc.property(lowHalfDecides, word, word, (operation, left, right) => {
        const wide = BigInt.asIntN(32, alu64(operation, BigInt(left), BigInt(right), false));
        assert.equal(BigInt(alu32(operation, left, right, false)), wide);
      }),
    );
  });
});

describe("byte order and sign", () => {
  it("swaps the low 2, 4 or 8 bytes and clears those above", () => {
    assert.equal(swapBytes(16, 0x1122_3344_5566_7788n), 0x8877n);
    assert.equal(swapBytes(32, 0x1122_3344_5566_7788n), 0x8877_6655n);
    assert.equal(swapBytes(64, 0x1122_3344_5566_7788n), wrap(0x8877_6655_4433_2211n));
  });

  it("extends the sign of the low 8, 16 or 32 bits", () => {
    assert.equal(signExtend(8, 0x180), -128);
    assert.equal(signExtend(8, 0x17f), 127);
    assert.equal(signExtend(16, 0x1_8000), -0x8000);
    assert.equal(signExtend(32, -5), -5);
  });
});

describe("jump conditions", () => {
  const jumps = [
    { left: 1n, right: 1n, yes: ["EQ", "GE", "LE", "SGE", "SLE", "SET"] },
    { left: 1n, right: 2n, yes: ["NE", "LT", "LE", "SLT", "SLE"] },
    // As unsigned numbers -1 is the greatest.
    { left: -1n, right: 1n, yes: ["NE", "GT", "GE", "SLT", "SLE", "SET"] },
    { left: 0n, right: -1n, yes: ["NE", "LT", "LE", "SGT", "SGE"] },
    // Equal high words: the low words decide, unsigned even in a signed comparison.
    { left: 0x8000_0000n, right: 1n, yes: ["NE", "GT", "GE", "SGT", "SGE"] },
    // Equal low words: the high words decide.
    { left: 2n ** 32n, right: 0n, yes: ["NE", "GT", "GE", "SGT", "SGE"] },
    { left: 2n ** 32n, right: 3n * 2n ** 32n, yes: ["NE", "LT", "LE", "SLT", "SLE", "SET"] },
  ] as const;
  const conditions = {
    EQ: bpf.JMP_EQ,
    NE: bpf.JMP_NE,
    GT: bpf.JMP_GT,
    GE: bpf.JMP_GE,
    LT: bpf.JMP_LT,
    LE: bpf.JMP_LE,
    SGT: bpf.JMP_SGT,
    SGE: bpf.JMP_SGE,
    SLT: bpf.JMP_SLT,
    SLE: bpf.JMP_SLE,
    SET: bpf.JMP_SET,
  } as const;
  const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
  const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

  for (const { left, right, yes } of jumps) {
    it(`of ${left} and ${right}, exactly ${yes.join(", ")} hold`, () => {
      const holding = Object.entries(conditions)
        .filter(([, code]) => isConditionTrue(code, low(left), high(left), low(right), high(right)))
        .map(([name]) => name);
      assert.deepEqual(holding.sort(), [...yes].sort());
    });
  }

  it("refuse what is no condition", () => assert.throws(() => isConditionTrue(0xe0, 0, 0, 0, 0), RangeError));
});
