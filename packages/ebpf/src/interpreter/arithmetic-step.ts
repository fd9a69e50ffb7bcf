/** Runs the arithmetic instructions: takes operands from registers and immediate, puts the result back. */

import * as bpf from "../object/index.ts";
import { alu32, alu64, signExtend, swapBytes } from "./arithmetic.ts";
import type { Step } from "./program.ts";
import type { RegisterFile } from "./registers.ts";

/** Runs an instruction of class ALU: low words, and the high word of the result is zero. */
export function runAlu32(registers: RegisterFile, step: Step): void {
  if ((step.opcode & bpf.OPERATION_MASK) === bpf.ALU_END) convertByteOrder(registers, step);
  else registers.setWords(step.dst, resultOf32(registers, step), 0);
}

function resultOf32(registers: RegisterFile, { opcode, dst, src, off, imm }: Step): number {
  const operation = opcode & bpf.OPERATION_MASK;
  if (operation === bpf.ALU_NEG) return -registers.low(dst) | 0;
  const operand = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG ? registers.low(src) : imm;
  if (operation === bpf.ALU_MOV) return extend(off, operand);
  return alu32(operation, registers.low(dst), operand, off === bpf.OFF_SIGNED);
}

/** Runs an instruction of class ALU64. What pointers are made of, moves and sums, costs no bigint. */
export function runAlu64(registers: RegisterFile, step: Step): void {
  switch (step.opcode & bpf.OPERATION_MASK) {
    case bpf.ALU_MOV:
      move64(registers, step);
      break;
    case bpf.ALU_ADD:
      add64(registers, step);
      break;
    default:
      registers.setQuad(step.dst, resultOf64(registers, step));
  }
}

function move64(registers: RegisterFile, { opcode, dst, src, off, imm, immHigh }: Step): void {
  const isRegister = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG;
  const low = isRegister ? registers.low(src) : imm;
  if (off === 0) {
    registers.setWords(dst, low, isRegister ? registers.high(src) : immHigh);
  } else {
    const extended = extend(off, low);
    registers.setWords(dst, extended, extended >> 31);
  }
}

function add64(registers: RegisterFile, { opcode, dst, src, imm, immHigh }: Step): void {
  const isRegister = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG;
  const low = (registers.low(dst) >>> 0) + ((isRegister ? registers.low(src) : imm) >>> 0);
  const carry = low > 0xffff_ffff ? 1 : 0;
  const high = registers.high(dst) + (isRegister ? registers.high(src) : immHigh) + carry;
  registers.setWords(dst, low | 0, high | 0);
}

function resultOf64(registers: RegisterFile, { opcode, dst, src, off, imm }: Step): bigint {
  const operation = opcode & bpf.OPERATION_MASK;
  const value = registers.quad(dst);
  if (operation === bpf.ALU_END) return swapBytes(widthOf(imm), value);
  if (operation === bpf.ALU_NEG) return -value;
  const operand = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG ? registers.quad(src) : BigInt(imm);
  return alu64(operation, value, operand, off === bpf.OFF_SIGNED);
}

/** "le" keeps the low bits as they are on a little-endian machine, "be" swaps them. */
function convertByteOrder(registers: RegisterFile, { opcode, dst, imm }: Step): void {
  const width = widthOf(imm);
  const value = registers.quad(dst);
  const isToBig = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG;
  registers.setQuad(dst, isToBig ? swapBytes(width, value) : BigInt.asUintN(width, value));
}

/** A move's `off` is 0 for a plain copy, else the bits to extend from. */
function extend(off: number, low: number): number {
  return off === 8 || off === 16 ? signExtend(off, low) : low;
}

function widthOf(imm: number): 16 | 32 | 64 {
  return imm === 16 || imm === 32 ? imm : 64;
}
