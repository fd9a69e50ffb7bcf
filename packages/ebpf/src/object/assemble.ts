/**
 * Builders of eBPF instructions: one function a form, named so that a list of calls reads as assembly.
 *
 * Each builder throws a RangeError if a field does not fit (see `checkInstruction`). Registers are 0..10, `off` of loads
 * and stores is in bytes, `off` of jumps in slots past the following instruction.
 *
 * @see RFC 9669 sections 4 and 5
 */

import { type AccessSize, checkInstruction, type NarrowInstruction, type WideInstruction } from "./instruction.ts";
import * as bpf from "./opcode.ts";

/** Arithmetic of two operands. `sdiv` and `smod` are signed (Linux 6.6); `rsh` is logical, `arsh` keeps the sign. */
export type AluOperation = keyof typeof ALU_OPERATIONS;

const ALU_OPERATIONS = {
  add: bpf.ALU_ADD,
  sub: bpf.ALU_SUB,
  mul: bpf.ALU_MUL,
  div: bpf.ALU_DIV,
  sdiv: bpf.ALU_DIV,
  or: bpf.ALU_OR,
  and: bpf.ALU_AND,
  lsh: bpf.ALU_LSH,
  rsh: bpf.ALU_RSH,
  mod: bpf.ALU_MOD,
  smod: bpf.ALU_MOD,
  xor: bpf.ALU_XOR,
  mov: bpf.ALU_MOV,
  arsh: bpf.ALU_ARSH,
} as const;

/** Conditions of a jump. `s` means signed; `set` is "any of these bits". */
export type JumpCondition = keyof typeof JUMP_CONDITIONS;

const JUMP_CONDITIONS = {
  eq: bpf.JMP_EQ,
  ne: bpf.JMP_NE,
  gt: bpf.JMP_GT,
  ge: bpf.JMP_GE,
  lt: bpf.JMP_LT,
  le: bpf.JMP_LE,
  sgt: bpf.JMP_SGT,
  sge: bpf.JMP_SGE,
  slt: bpf.JMP_SLT,
  sle: bpf.JMP_SLE,
  set: bpf.JMP_SET,
} as const;

/** Atomic read-modify-write operations. `xchg` and `cmpxchg` always fetch. */
export type AtomicOperation = keyof typeof ATOMIC_OPERATIONS;

const ATOMIC_OPERATIONS = {
  add: bpf.ATOMIC_ADD,
  or: bpf.ATOMIC_OR,
  and: bpf.ATOMIC_AND,
  xor: bpf.ATOMIC_XOR,
  xchg: bpf.ATOMIC_XCHG,
  cmpxchg: bpf.ATOMIC_CMPXCHG,
} as const;

const SIZE_BITS = { 1: bpf.SIZE_B, 2: bpf.SIZE_H, 4: bpf.SIZE_W, 8: bpf.SIZE_DW } as const;

/** `dst = dst operation src`, 64 bits. */
export function alu64Reg(operation: AluOperation, dst: number, src: number): NarrowInstruction {
  return alu(bpf.CLASS_ALU64 | bpf.SOURCE_REG, operation, dst, src, 0);
}

/** `dst = dst operation imm`, 64 bits; the immediate's sign is extended. */
export function alu64Imm(operation: AluOperation, dst: number, imm: number): NarrowInstruction {
  return alu(bpf.CLASS_ALU64 | bpf.SOURCE_IMM, operation, dst, 0, imm);
}

/** `dst = dst operation src` on the low 32 bits; the high 32 bits become zero. */
export function alu32Reg(operation: AluOperation, dst: number, src: number): NarrowInstruction {
  return alu(bpf.CLASS_ALU32 | bpf.SOURCE_REG, operation, dst, src, 0);
}

/** `dst = dst operation imm` on the low 32 bits; the high 32 bits become zero. */
export function alu32Imm(operation: AluOperation, dst: number, imm: number): NarrowInstruction {
  return alu(bpf.CLASS_ALU32 | bpf.SOURCE_IMM, operation, dst, 0, imm);
}

/** `dst = -dst`, 64 bits. */
export function negate64(dst: number): NarrowInstruction {
  return narrow(bpf.CLASS_ALU64 | bpf.ALU_NEG, dst, 0, 0, 0);
}

/** `dst = -dst` on the low 32 bits; the high 32 bits become zero. */
export function negate32(dst: number): NarrowInstruction {
  return narrow(bpf.CLASS_ALU32 | bpf.ALU_NEG, dst, 0, 0, 0);
}

/** `dst` = the low bits of `src`, sign-extended to 64 bits (Linux 6.6). */
export function moveSigned64(bits: 8 | 16 | 32, dst: number, src: number): NarrowInstruction {
  return narrow(bpf.CLASS_ALU64 | bpf.SOURCE_REG | bpf.ALU_MOV, dst, src, bits, 0);
}

/** `dst` = the low bits of `src`, sign-extended to 32 bits; the high 32 bits become zero (Linux 6.6). */
export function moveSigned32(bits: 8 | 16, dst: number, src: number): NarrowInstruction {
  return narrow(bpf.CLASS_ALU32 | bpf.SOURCE_REG | bpf.ALU_MOV, dst, src, bits, 0);
}

/**
 * Byte order of the low bits of `dst`; the bits above become zero.
 *
 * @param order "be" and "le" convert between the host's order and the named one; "bswap" always swaps (Linux 6.6)
 */
export function endian(order: "be" | "le" | "bswap", bits: 16 | 32 | 64, dst: number): NarrowInstruction {
  if (order === "bswap") return narrow(bpf.CLASS_ALU64 | bpf.ALU_END, dst, 0, 0, bits);
  const direction = order === "be" ? bpf.SOURCE_REG : bpf.SOURCE_IMM;
  return narrow(bpf.CLASS_ALU32 | direction | bpf.ALU_END, dst, 0, 0, bits);
}

/** `dst = *(unsigned *)(src + off)`; shorter values are zero-extended. */
export function load(size: AccessSize, dst: number, src: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_LDX | bpf.MODE_MEM | SIZE_BITS[size], dst, src, off, 0);
}

/** `dst = *(signed *)(src + off)`, sign-extended to 64 bits (Linux 6.6). */
export function loadSigned(size: 1 | 2 | 4, dst: number, src: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_LDX | bpf.MODE_MEMSX | SIZE_BITS[size], dst, src, off, 0);
}

/** `*(dst + off) = src`. */
export function storeReg(size: AccessSize, dst: number, src: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_STX | bpf.MODE_MEM | SIZE_BITS[size], dst, src, off, 0);
}

/** `*(dst + off) = imm`; for eight bytes the immediate's sign is extended. */
export function storeImm(size: AccessSize, dst: number, off: number, imm: number): NarrowInstruction {
  return narrow(bpf.CLASS_ST | bpf.MODE_MEM | SIZE_BITS[size], dst, 0, off, imm);
}

/**
 * `*(dst + off) = *(dst + off) operation src`, indivisible.
 *
 * `fetch` puts the old value into `src`. `xchg` and `cmpxchg` always fetch; `cmpxchg` compares with r0, stores `src` if
 * equal, and puts the old value into r0.
 */
export function atomic(
  operation: AtomicOperation,
  size: 4 | 8,
  fetch: boolean,
  dst: number,
  src: number,
  off: number,
): NarrowInstruction {
  const imm = ATOMIC_OPERATIONS[operation] | (fetch ? bpf.ATOMIC_FETCH : 0);
  return narrow(bpf.CLASS_STX | bpf.MODE_ATOMIC | SIZE_BITS[size], dst, src, off, imm);
}

/** Jumps always, at most 32,767 slots. */
export function jump(off: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP | bpf.JMP_ALWAYS, 0, 0, off, 0);
}

/** Jumps always, as far as wanted (Linux 6.6). */
export function jumpFar(slots: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP32 | bpf.JMP_ALWAYS, 0, 0, 0, slots);
}

/** Jumps if the condition holds between 64-bit registers. */
export function jumpReg(condition: JumpCondition, dst: number, src: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP | bpf.SOURCE_REG | JUMP_CONDITIONS[condition], dst, src, off, 0);
}

/** Jumps if the condition holds between a 64-bit register and the sign-extended immediate. */
export function jumpImm(condition: JumpCondition, dst: number, imm: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP | bpf.SOURCE_IMM | JUMP_CONDITIONS[condition], dst, 0, off, imm);
}

/** Jumps if the condition holds between the low 32 bits of two registers. */
export function jump32Reg(condition: JumpCondition, dst: number, src: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP32 | bpf.SOURCE_REG | JUMP_CONDITIONS[condition], dst, src, off, 0);
}

/** Jumps if the condition holds between the low 32 bits of a register and the immediate. */
export function jump32Imm(condition: JumpCondition, dst: number, imm: number, off: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP32 | bpf.SOURCE_IMM | JUMP_CONDITIONS[condition], dst, 0, off, imm);
}

/** Calls a kernel helper by its number. r1..r5 are the arguments and are lost, r0 is the result. */
export function call(helperId: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP | bpf.JMP_CALL, 0, bpf.CALL_HELPER, 0, helperId);
}

/** Calls a function of this program, `relative` slots past the following instruction. */
export function callSub(relative: number): NarrowInstruction {
  return narrow(bpf.CLASS_JMP | bpf.JMP_CALL, 0, bpf.CALL_SUBPROGRAM, 0, relative);
}

/** Returns r0. */
export function exit(): NarrowInstruction {
  return narrow(bpf.CLASS_JMP | bpf.JMP_EXIT, 0, 0, 0, 0);
}

/** `dst = value`; two slots. Negative values are taken modulo 2^64. */
export function loadImm64(dst: number, value: bigint): WideInstruction {
  return wide(dst, bpf.PSEUDO_NUMBER, BigInt.asUintN(64, value));
}

/** `dst` = the map with this descriptor; two slots. */
export function loadMapFd(dst: number, fd: number): WideInstruction {
  return wide(dst, bpf.PSEUDO_MAP_FD, BigInt(fd));
}

/** `dst` = the address of byte `offset` in the (first) value of the array map with this descriptor; two slots. */
export function loadMapValue(dst: number, fd: number, offset: number): WideInstruction {
  return wide(dst, bpf.PSEUDO_MAP_VALUE, (BigInt(offset) << 32n) | BigInt(fd));
}

/** `dst` = the address of the function of this program that starts at (this load's first slot + 1 + `relative`). */
export function loadFunction(dst: number, relative: number): WideInstruction {
  return wide(dst, bpf.PSEUDO_FUNC, BigInt.asUintN(32, BigInt(relative)));
}

function alu(form: number, operation: AluOperation, dst: number, src: number, imm: number): NarrowInstruction {
  const off = operation === "sdiv" || operation === "smod" ? bpf.OFF_SIGNED : 0;
  return narrow(form | ALU_OPERATIONS[operation], dst, src, off, imm);
}

function narrow(opcode: number, dst: number, src: number, off: number, imm: number): NarrowInstruction {
  return checkInstruction({ opcode, dst, src, off, imm });
}

function wide(dst: number, src: number, imm: bigint): WideInstruction {
  return checkInstruction({ opcode: bpf.LD_IMM64, dst, src, off: 0, imm });
}
