import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "../object/index.ts";
import { assertFaults, resultOf } from "./testing/trial.ts";

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Bytes 80 81 82 83 84 85 86 87 at r10 - 8. */
const stored: readonly asm.Instruction[] = [asm.loadImm64(1, 0x8786_8584_8382_8180n), asm.storeReg(8, 10, 1, -8)];

describe("loads", () => {
  it("take 1, 2, 4 or 8 bytes, little endian, zero-extended", () => {
    const loaded = (size: asm.AccessSize, off: number) => resultOf([...stored, asm.load(size, 0, 10, off), asm.exit()]);
    assert.equal(loaded(1, -7), 0x81n);
    assert.equal(loaded(2, -6), 0x8382n);
    assert.equal(loaded(4, -4), 0x8786_8584n);
    assert.equal(loaded(8, -8), 0x8786_8584_8382_8180n);
  });

  it("extend the sign of 1, 2 or 4 bytes if asked to", () => {
    const loaded = (size: 1 | 2 | 4, off: number) =>
      resultOf([...stored, asm.loadSigned(size, 0, 10, off), asm.exit()]);
    assert.equal(loaded(1, -7), 0xffff_ffff_ffff_ff81n);
    assert.equal(loaded(2, -6), 0xffff_ffff_ffff_8382n);
    assert.equal(loaded(4, -4), 0xffff_ffff_8786_8584n);
    assert.equal(resultOf([asm.storeImm(4, 10, -4, 5), asm.loadSigned(4, 0, 10, -4), asm.exit()]), 5n);
  });
});

describe("stores", () => {
  // Each over 8 bytes of zeros; the value is -2.
  const after = (...store: readonly asm.Instruction[]) =>
    resultOf([
      ...[asm.storeImm(8, 10, -8, 0), asm.alu64Imm("mov", 2, -2)],
      ...[...store, asm.load(8, 0, 10, -8), asm.exit()],
    ]);

  it("put 1, 2, 4 or 8 bytes of a register and touch no others", () => {
    assert.equal(after(asm.storeReg(1, 10, 2, -7)), 0xfe00n);
    assert.equal(after(asm.storeReg(2, 10, 2, -6)), 0xfffe_0000n);
    assert.equal(after(asm.storeReg(4, 10, 2, -8)), 0xffff_fffen);
    assert.equal(after(asm.storeReg(8, 10, 2, -8)), ALL_ONES - 1n);
  });

  it("put an immediate, its sign extended to 8 bytes", () => {
    assert.equal(after(asm.storeImm(1, 10, -1, -2)), 0xfe00_0000_0000_0000n);
    assert.equal(after(asm.storeImm(2, 10, -8, -2)), 0xfffen);
    assert.equal(after(asm.storeImm(4, 10, -4, -2)), 0xffff_fffe_0000_0000n);
    assert.equal(after(asm.storeImm(8, 10, -8, -2)), ALL_ONES - 1n);
  });

  it("keep a pointer usable when it is loaded again", () => {
    const program = [
      ...[asm.storeImm(8, 10, -8, 7), asm.alu64Reg("mov", 1, 10), asm.alu64Imm("add", 1, -8)],
      ...[asm.storeReg(8, 10, 1, -16), asm.load(8, 2, 10, -16), asm.load(8, 0, 2, 0), asm.exit()],
    ];
    assert.equal(resultOf(program), 7n);
  });
});

describe("atomic instructions", () => {
  const OLD = 0x8000_0000_0000_00f0n;
  /** Runs one on 8 bytes OLD with r2 = operand, r0 = expected; gives memory, r2 and r0 afterwards. */
  const effect = (instruction: asm.Instruction, operand: bigint, expected = 0n) => {
    const context = new Uint8Array(16);
    const view = new DataView(context.buffer);
    view.setBigUint64(0, OLD, true);
    const body = [
      asm.loadImm64(2, operand),
      asm.loadImm64(0, expected),
      instruction,
      asm.storeReg(8, 1, 2, 8),
      asm.exit(),
    ];
    const r0 = resultOf(body, { context });
    return { memory: view.getBigUint64(0, true), r2: view.getBigUint64(8, true), r0 };
  };

  const cases = [
    { operation: "add", operand: 0x10n, result: 0x8000_0000_0000_0100n },
    { operation: "or", operand: 0x0fn, result: 0x8000_0000_0000_00ffn },
    { operation: "and", operand: 0x3cn, result: 0x30n },
    { operation: "xor", operand: OLD, result: 0n },
  ] as const;
  for (const { operation, operand, result } of cases) {
    it(`${operation} of 8 bytes changes memory, and fetches the old value only if asked to`, () => {
      assert.deepEqual(effect(asm.atomic(operation, 8, false, 1, 2, 0), operand), {
        memory: result,
        r2: operand,
        r0: 0n,
      });
      assert.deepEqual(effect(asm.atomic(operation, 8, true, 1, 2, 0), operand), { memory: result, r2: OLD, r0: 0n });
    });
  }

  it("of 4 bytes leave the other 4 alone and fetch zero-extended", () => {
    // The high word of OLD is 0x80000000: as a signed word the smallest.
    assert.deepEqual(effect(asm.atomic("add", 4, true, 1, 2, 4), -1n), {
      memory: 0x7fff_ffff_0000_00f0n,
      r2: 0x8000_0000n,
      r0: 0n,
    });
    assert.deepEqual(effect(asm.atomic("or", 4, false, 1, 2, 0), 1n), { memory: OLD + 1n, r2: 1n, r0: 0n });
    assert.deepEqual(effect(asm.atomic("and", 4, true, 1, 2, 0), 0n), { memory: OLD - 0xf0n, r2: 0xf0n, r0: 0n });
    assert.deepEqual(effect(asm.atomic("xor", 4, true, 1, 2, 4), -1n), {
      memory: 0x7fff_ffff_0000_00f0n,
      r2: 0x8000_0000n,
      r0: 0n,
    });
  });

  it("xchg swaps memory and register", () => {
    assert.deepEqual(effect(asm.atomic("xchg", 8, true, 1, 2, 0), 5n), { memory: 5n, r2: OLD, r0: 0n });
    assert.deepEqual(effect(asm.atomic("xchg", 4, true, 1, 2, 4), 5n), {
      memory: 0x5_0000_00f0n,
      r2: 0x8000_0000n,
      r0: 0n,
    });
  });

  it("cmpxchg stores only if memory equals r0, which gets the old value either way", () => {
    const wide = asm.atomic("cmpxchg", 8, true, 1, 2, 0);
    assert.deepEqual(effect(wide, 5n, OLD), { memory: 5n, r2: 5n, r0: OLD });
    assert.deepEqual(effect(wide, 5n, OLD + 1n), { memory: OLD, r2: 5n, r0: OLD });
    // 4 bytes: the high half of r0 does not take part, and is cleared.
    const narrow = asm.atomic("cmpxchg", 4, true, 1, 2, 4);
    assert.deepEqual(effect(narrow, 5n, 0xffff_ffff_8000_0000n), { memory: 0x5_0000_00f0n, r2: 5n, r0: 0x8000_0000n });
    assert.deepEqual(effect(narrow, 5n, 1n), { memory: OLD, r2: 5n, r0: 0x8000_0000n });
  });
});

describe("a bad access is a fault that says where", () => {
  const end = [asm.alu64Imm("mov", 0, 0), asm.exit()];

  it("outside the stack, by one byte on either side", () => {
    assertFaults(
      [asm.storeImm(1, 10, 0, 0), ...end],
      "out-of-bounds",
      /writes 1 bytes at offset 0 of the stack of call 0, which spans -512\.\.0/,
    );
    assertFaults([asm.storeImm(8, 10, -520, 0), ...end], "out-of-bounds", /offset -520/);
    assertFaults([asm.storeImm(8, 10, -4, 0), ...end], "out-of-bounds", /writes 8 bytes at offset -4/);
  });

  it("bytes of the stack that were never written, even one of several", () => {
    const program = [asm.storeImm(4, 10, -8, 0), asm.load(8, 0, 10, -8), asm.exit()];
    assertFaults(program, "stack-unwritten", /at 1: r0 = \*\(u64 \*\)\(r10 -8\): it reads byte -4 of the stack/);
  });

  it("bytes that only an earlier call at the same depth wrote", () => {
    const program = [
      ...[asm.callSub(3), asm.callSub(4), asm.alu64Imm("mov", 0, 0), asm.exit()],
      ...[asm.storeImm(8, 10, -8, 1), asm.exit()],
      ...[asm.load(8, 0, 10, -8), asm.exit()],
    ];
    assertFaults(program, "stack-unwritten", /at 6:/);
  });

  it("an unaligned place in the stack", () => {
    assertFaults([asm.storeImm(4, 10, -6, 0), ...end], "misaligned", /4 bytes at offset -6/);
  });

  it("outside the context's bytes", () => {
    assertFaults([asm.load(4, 0, 1, 6), asm.exit()], "out-of-bounds", /offset 6 of the context, which spans 0\.\.8/);
    assertFaults([asm.load(1, 0, 1, -1), asm.exit()], "out-of-bounds", /offset -1/);
  });

  it("through a number", () => {
    assertFaults([asm.alu64Imm("mov", 1, 0), asm.load(1, 0, 1, 0), asm.exit()], "not-an-address", /plain number/);
    assertFaults([asm.loadImm64(1, ALL_ONES), asm.load(1, 0, 1, 0), asm.exit()], "not-an-address", /plain number/);
  });

  it("through a function", () => {
    assertFaults(
      [asm.loadFunction(1, 2), asm.load(1, 0, 1, 0), asm.exit(), ...end],
      "not-an-address",
      /loads a function/,
    );
  });

  it("an unaligned atomic", () => {
    const program = [asm.alu64Imm("mov", 2, 1), asm.atomic("add", 4, false, 1, 2, 2), ...end];
    assertFaults(program, "misaligned", /atomic at offset 2 of the context/);
  });
});
