import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "../object/index.ts";
import { refusalOf } from "./refusal.ts";

describe("instructions the kernel refuses by their looks", () => {
  const refusals: readonly (readonly [asm.Instruction, RegExp])[] = [
    [asm.alu64Imm("div", 1, 0), /divides by the constant 0/],
    [asm.alu32Imm("smod", 1, 0), /divides by the constant 0/],
    [asm.alu64Imm("lsh", 1, 64), /shifts by 64 bits/],
    [asm.alu32Imm("rsh", 1, 32), /shifts by 32 bits/],
    [asm.alu32Imm("arsh", 1, -1), /shifts by -1 bits/],
    [{ ...asm.alu64Reg("add", 1, 2), imm: 1 }, /not zero/],
    [{ ...asm.alu64Imm("add", 1, 2), src: 1 }, /not zero/],
    [{ ...asm.alu64Imm("add", 1, 2), off: 1 }, /not zero/],
    [{ ...asm.alu64Reg("div", 1, 2), off: 2 }, /not zero/],
    [{ ...asm.moveSigned32(8, 1, 2), off: 32 }, /not zero/],
    [{ ...asm.alu64Imm("mov", 1, 2), off: 8 }, /not zero/],
    [{ ...asm.negate64(1), imm: 1 }, /not zero/],
    [{ ...asm.endian("be", 16, 1), imm: 24 }, /no meaning/],
    [{ ...asm.endian("bswap", 16, 1), opcode: 0xdf }, /no meaning/],
    [{ ...asm.exit(), imm: 1 }, /not zero/],
    [{ ...asm.exit(), opcode: 0x96 }, /no meaning/],
    [{ ...asm.jump(1), dst: 1 }, /not zero/],
    [{ ...asm.jumpFar(1), off: 1 }, /not zero/],
    [{ ...asm.jumpReg("eq", 1, 2, 0), imm: 1 }, /not zero/],
    [{ ...asm.call(1), src: 2 }, /function of the kernel itself/],
    [{ ...asm.exit(), opcode: 0xe5 }, /no meaning/],
    [{ ...asm.load(1, 1, 2, 0), imm: 1 }, /not zero/],
    [{ ...asm.loadSigned(1, 1, 2, 0), opcode: 0x99 }, /no meaning/],
    [{ ...asm.storeImm(1, 1, 0, 0), src: 1 }, /not zero/],
    [{ ...asm.atomic("add", 4, false, 1, 2, 0), opcode: 0xcb }, /no meaning/],
    [{ ...asm.atomic("add", 4, false, 1, 2, 0), imm: 0xe0 }, /no meaning/],
    [{ ...asm.exit(), opcode: 0x20 }, /no meaning/],
    [{ ...asm.loadImm64(1, 0n), src: 3 }, /no meaning/],
    [{ ...asm.loadImm64(1, 0n), off: 1 }, /not zero/],
  ];
  for (const [instruction, why] of refusals) {
    it(`${asm.formatInstruction(instruction)}: ${why.source}`, () => assert.match(refusalOf(instruction) ?? "", why));
  }

  it("accepts shifts and divisions at their edges", () => {
    const accepted = [asm.alu64Imm("lsh", 1, 63), asm.alu32Imm("lsh", 1, 0), asm.alu64Imm("div", 1, -1)];
    for (const instruction of accepted) assert.equal(refusalOf(instruction), undefined);
  });
});
