import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "../object/index.ts";
import { assertFaults, resultOf, run } from "./testing/trial.ts";

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** r0 = the result of these instructions on r0 = left, r1 = right. */
const withOperands = (left: bigint, right: bigint, ...body: readonly asm.Instruction[]): bigint =>
  resultOf([asm.loadImm64(0, left), asm.loadImm64(1, right), ...body, asm.exit()]);

describe("arithmetic instructions", () => {
  // One row for each operation in its register and immediate form, 64 and 32 bits; worked by hand.
  const cases = [
    { operation: "add", left: 0xffff_ffff_ffffn, right: 1, r64: 0x1_0000_0000_0000n, r32: 0n },
    { operation: "sub", left: 0n, right: 1, r64: ALL_ONES, r32: 0xffff_ffffn },
    { operation: "mul", left: 0x1_0000_0003n, right: 5, r64: 0x5_0000_000fn, r32: 15n },
    { operation: "div", left: 0x1_0000_0009n, right: 2, r64: 0x8000_0004n, r32: 4n },
    { operation: "sdiv", left: -9n, right: 2, r64: ALL_ONES - 3n, r32: 0xffff_fffcn },
    { operation: "or", left: 0x1_0000_0001n, right: -2, r64: ALL_ONES, r32: 0xffff_ffffn },
    { operation: "and", left: 0x1_0000_00ffn, right: -16, r64: 0x1_0000_00f0n, r32: 0xf0n },
    { operation: "lsh", left: 0x8000_0001n, right: 1, r64: 0x1_0000_0002n, r32: 2n },
    { operation: "rsh", left: -1n, right: 1, r64: 0x7fff_ffff_ffff_ffffn, r32: 0x7fff_ffffn },
    { operation: "mod", left: 0x1_0000_0009n, right: 7, r64: 6n, r32: 2n },
    { operation: "smod", left: -9n, right: 7, r64: ALL_ONES - 1n, r32: 0xffff_fffen },
    { operation: "xor", left: 0x1_0000_0001n, right: -1, r64: 0xffff_fffe_ffff_fffen, r32: 0xffff_fffen },
    { operation: "mov", left: 1n, right: -1, r64: ALL_ONES, r32: 0xffff_ffffn },
    { operation: "arsh", left: 0x8000_0000n, right: 4, r64: 0x0800_0000n, r32: 0xf800_0000n },
  ] as const;
  for (const { operation, left, right, r64, r32 } of cases) {
    it(`${operation} of ${left} and ${right}`, () => {
      assert.equal(withOperands(left, BigInt(right), asm.alu64Reg(operation, 0, 1)), r64, "64 bits, register");
      assert.equal(withOperands(left, 0n, asm.alu64Imm(operation, 0, right)), r64, "64 bits, immediate");
      assert.equal(withOperands(left, BigInt(right), asm.alu32Reg(operation, 0, 1)), r32, "32 bits, register");
      assert.equal(withOperands(left, 0n, asm.alu32Imm(operation, 0, right)), r32, "32 bits, immediate");
    });
  }

  it("add carries into the high half only when the low one overflows", () => {
    assert.equal(withOperands(0xffff_ffffn, 1n, asm.alu64Reg("add", 0, 1)), 0x1_0000_0000n);
    assert.equal(withOperands(0xffff_fffen, 1n, asm.alu64Reg("add", 0, 1)), 0xffff_ffffn);
    assert.equal(withOperands(ALL_ONES, 1n, asm.alu64Reg("add", 0, 1)), 0n);
    assert.equal(withOperands(5n, 0n, asm.alu64Imm("add", 0, -6)), ALL_ONES);
  });

  it("a remainder of 32 bits by zero still clears the high half", () => {
    assert.equal(withOperands(0x1_0000_0007n, 0n, asm.alu32Reg("mod", 0, 1)), 7n);
    assert.equal(withOperands(0x1_0000_0007n, 0n, asm.alu64Reg("mod", 0, 1)), 0x1_0000_0007n);
    assert.equal(withOperands(7n, 0n, asm.alu64Reg("div", 0, 1)), 0n);
  });

  it("negation", () => {
    assert.equal(withOperands(1n, 0n, asm.negate64(0)), ALL_ONES);
    assert.equal(withOperands(0x1_0000_0001n, 0n, asm.negate32(0)), 0xffff_ffffn);
    assert.equal(withOperands(0n, 0n, asm.negate32(0)), 0n);
  });

  it("sign-extending moves", () => {
    assert.equal(withOperands(0n, 0x80n, asm.moveSigned64(8, 0, 1)), ALL_ONES - 0x7fn);
    assert.equal(withOperands(0n, 0x1_7fffn, asm.moveSigned64(16, 0, 1)), 0x7fffn);
    assert.equal(withOperands(0n, 0x8000_0000n, asm.moveSigned64(32, 0, 1)), 0xffff_ffff_8000_0000n);
    assert.equal(withOperands(0n, 0x80n, asm.moveSigned32(8, 0, 1)), 0xffff_ff80n);
    assert.equal(withOperands(0n, 0x8000n, asm.moveSigned32(16, 0, 1)), 0xffff_8000n);
  });

  it("byte order", () => {
    const value = 0x1122_3344_5566_7788n;
    assert.equal(withOperands(value, 0n, asm.endian("be", 16, 0)), 0x8877n);
    assert.equal(withOperands(value, 0n, asm.endian("be", 32, 0)), 0x8877_6655n);
    assert.equal(withOperands(value, 0n, asm.endian("be", 64, 0)), 0x8877_6655_4433_2211n);
    assert.equal(withOperands(value, 0n, asm.endian("bswap", 32, 0)), 0x8877_6655n);
    assert.equal(withOperands(value, 0n, asm.endian("le", 16, 0)), 0x7788n);
    assert.equal(withOperands(value, 0n, asm.endian("le", 64, 0)), value);
  });
});

describe("jump instructions", () => {
  // The jump skips `r0 = 0` when it is taken; r0 is then still 1.
  const isTaken = (left: bigint, right: bigint, jump: asm.Instruction): boolean =>
    resultOf([
      ...[asm.alu64Imm("mov", 0, 1), asm.loadImm64(1, left), asm.loadImm64(2, right)],
      ...[jump, asm.alu64Imm("mov", 0, 0), asm.exit()],
    ]) === 1n;

  // The operands differ in their high halves, so that the 32-bit forms answer otherwise.
  const cases = [
    { condition: "eq", left: 0x1_0000_0005n, right: 5, is64: false, is32: true },
    { condition: "ne", left: 0x1_0000_0005n, right: 5, is64: true, is32: false },
    { condition: "gt", left: 0x1_0000_0005n, right: 6, is64: true, is32: false },
    { condition: "ge", left: 0x1_0000_0005n, right: 6, is64: true, is32: false },
    { condition: "lt", left: 0x1_0000_0005n, right: 6, is64: false, is32: true },
    { condition: "le", left: 0x1_0000_0005n, right: 6, is64: false, is32: true },
    { condition: "sgt", left: 0xffff_fffbn, right: -6, is64: true, is32: true },
    { condition: "sge", left: 0xffff_fffbn, right: 0, is64: true, is32: false },
    { condition: "slt", left: 0xffff_fffbn, right: 0, is64: false, is32: true },
    { condition: "sle", left: 0xffff_fffbn, right: 0, is64: false, is32: true },
    { condition: "set", left: 0x1_0000_0000n, right: -1, is64: true, is32: false },
  ] as const;
  for (const { condition, left, right, is64, is32 } of cases) {
    it(`${condition} of ${left} and ${right} is ${is64}, of their low halves ${is32}`, () => {
      assert.equal(isTaken(left, BigInt(right), asm.jumpReg(condition, 1, 2, 1)), is64, "64 bits, register");
      assert.equal(isTaken(left, 0n, asm.jumpImm(condition, 1, right, 1)), is64, "64 bits, immediate");
      assert.equal(isTaken(left, BigInt(right), asm.jump32Reg(condition, 1, 2, 1)), is32, "32 bits, register");
      assert.equal(isTaken(left, 0n, asm.jump32Imm(condition, 1, right, 1)), is32, "32 bits, immediate");
    });
  }

  it("always: near and far, forwards and backwards", () => {
    assert.ok(isTaken(0n, 0n, asm.jump(1)));
    assert.ok(isTaken(0n, 0n, asm.jumpFar(1)));
    // 0: goto 2; 1: exit; 2: r0 = 7; 3: goto 1
    assert.equal(resultOf([asm.jump(1), asm.exit(), asm.alu64Imm("mov", 0, 7), asm.jump(-3)]), 7n);
  });

  it("a loop adds 1..10 in 33 steps: 2 before, 3 a round, and the exit", () => {
    const program = [
      asm.alu64Imm("mov", 0, 0),
      asm.alu64Imm("mov", 1, 10),
      ...[asm.alu64Reg("add", 0, 1), asm.alu64Imm("sub", 1, 1), asm.jumpImm("ne", 1, 0, -3)],
      asm.exit(),
    ];
    assert.deepEqual(run(program), { r0: 55n, steps: 33 });
  });
});

describe("functions of the program", () => {
  it("get r1..r5, keep r6..r9 and the stack of the caller, and return r0", () => {
    const program = [
      ...[asm.alu64Imm("mov", 6, 40), asm.storeImm(8, 10, -8, 2), asm.alu64Imm("mov", 1, 5), asm.callSub(5)],
      ...[asm.load(8, 1, 10, -8), asm.alu64Reg("add", 0, 1), asm.alu64Reg("add", 0, 6), asm.jump(0), asm.exit()],
      // The callee spoils its own r6 and the same place in its own stack.
      ...[asm.alu64Imm("mov", 6, 99), asm.storeImm(8, 10, -8, 77), asm.alu64Reg("mov", 0, 1), asm.exit()],
    ];
    assert.equal(resultOf(program), 47n); // 5 + 2 + 40
  });

  it("can write to the caller's stack through a pointer", () => {
    const program = [
      ...[asm.storeImm(8, 10, -8, 0), asm.alu64Reg("mov", 1, 10), asm.alu64Imm("add", 1, -8), asm.callSub(2)],
      ...[asm.load(8, 0, 10, -8), asm.exit()],
      ...[asm.storeImm(8, 1, 0, 9), asm.exit()],
    ];
    assert.equal(resultOf(program), 9n);
  });

  it("nest eight deep and no deeper", () => {
    // r1 counts down; the function calls itself, its call being at slot 4.
    const nested = (depth: number) => [
      ...[asm.alu64Imm("mov", 1, depth), asm.callSub(1), asm.exit()],
      ...[
        asm.alu64Imm("sub", 1, 1),
        asm.jumpImm("eq", 1, 0, 1),
        asm.callSub(-3),
        asm.alu64Imm("mov", 0, 3),
        asm.exit(),
      ],
    ];
    assert.equal(resultOf(nested(7)), 3n);
    assertFaults(nested(8), "call-depth", /9th nested call/);
  });
});

describe("what the verifier would refuse is a fault with its place", () => {
  const r0 = asm.alu64Imm("mov", 0, 0);

  it("reading a register that was never written", () => {
    assertFaults([asm.alu64Reg("mov", 0, 3), asm.exit()], "register-unwritten", /at 0: r0 = r3: it reads r3/);
    assertFaults([asm.exit()], "register-unwritten", /at 0: exit: it reads r0/);
  });

  it("reading an argument register after a call", () => {
    const program = [asm.alu64Imm("mov", 5, 1), asm.callSub(2), asm.alu64Reg("mov", 0, 5), asm.exit(), r0, asm.exit()];
    assertFaults(program, "register-unwritten", /at 2: r0 = r5/);
  });

  it("reading the caller's r6 in a function", () => {
    const program = [asm.alu64Imm("mov", 6, 1), asm.callSub(1), asm.exit(), asm.alu64Reg("mov", 0, 6), asm.exit()];
    assertFaults(program, "register-unwritten", /at 3: r0 = r6/);
  });

  it("using the result of a function that returned none", () => {
    const program = [asm.callSub(2), asm.alu64Reg("mov", 0, 0), asm.exit(), asm.exit()];
    assertFaults(program, "register-unwritten", /at 1: r0 = r0/);
  });

  it("writing the frame pointer", () => {
    assertFaults([asm.alu64Imm("add", 10, 8), r0, asm.exit()], "frame-pointer-written", /at 0: r10 \+= 8/);
  });

  it("running past the end, and jumping out or into the middle of a 64-bit load", () => {
    assertFaults([r0], "jump-out-of-program", /at 0: r0 = 0: no instruction begins at slot 1/);
    assertFaults(
      [r0, asm.jump(-3), asm.exit()],
      "jump-out-of-program",
      /at 1: goto pc-3: no instruction begins at slot -1/,
    );
    assertFaults([asm.jump(1), asm.loadImm64(0, 0n), asm.exit()], "jump-out-of-program", /slot 2/);
  });

  it("running for ever", () => {
    assertFaults([asm.jump(-1)], "step-limit", /has run 1000 instructions/, { stepLimit: 1000 });
  });

  it("calling a helper or naming a map that the machine does not have", () => {
    assertFaults([asm.call(5), asm.exit()], "unknown-helper", /call bpf_ktime_get_ns#5: the machine has no helper 5/);
    assertFaults([asm.loadMapFd(1, 3), asm.exit()], "unknown-map", /the machine has no map 3/);
  });

  it("an instruction that has no meaning, before anything runs", () => {
    assertFaults([r0, asm.exit(), { ...r0, opcode: 0xff }], "refused-instruction", /at 2: unknown opcode 0xff/);
  });
});
