/**
 * What the arithmetic instructions compute, as pure functions.
 *
 * 32-bit values are JavaScript's signed 32-bit integers, 64-bit values are bigints -2^63..2^63-1 on the way in; results
 * of 64-bit operations may leave that range and are cut when they are stored in a register. Division by zero gives 0,
 * the remainder by zero the dividend; the smallest integer divided by -1 wraps to itself.
 *
 * @see RFC 9669 section 4.1
 */

import * as bpf from "../object/index.ts";

/** @param isSigned for division and remainder: whether the instruction's `off` is 1 */
export function alu32(operation: number, left: number, right: number, isSigned: boolean): number {
  switch (operation) {
    case bpf.ALU_ADD:
      return (left + right) | 0;
    case bpf.ALU_SUB:
      return (left - right) | 0;
    case bpf.ALU_MUL:
      return Math.imul(left, right);
    case bpf.ALU_DIV:
      if (right === 0) return 0;
      return isSigned ? (left / right) | 0 : ((left >>> 0) / (right >>> 0)) | 0;
    case bpf.ALU_MOD:
      if (right === 0) return left;
      return isSigned ? (left % right) | 0 : ((left >>> 0) % (right >>> 0)) | 0;
    case bpf.ALU_OR:
      return left | right;
    case bpf.ALU_AND:
      return left & right;
    case bpf.ALU_XOR:
      return left ^ right;
    // JavaScript takes shift counts modulo 32, as the standard wants.
    case bpf.ALU_LSH:
      return left << right;
    case bpf.ALU_RSH:
      return (left >>> right) | 0;
    case bpf.ALU_ARSH:
      return left >> right;
    default:
      throw unknown(operation);
  }
}

/** @param isSigned for division and remainder: whether the instruction's `off` is 1 */
export function alu64(operation: number, left: bigint, right: bigint, isSigned: boolean): bigint {
  switch (operation) {
    case bpf.ALU_ADD:
      return left + right;
    case bpf.ALU_SUB:
      return left - right;
    case bpf.ALU_MUL:
      return left * right;
    case bpf.ALU_DIV:
      if (right === 0n) return 0n;
      return isSigned ? left / right : unsigned(left) / unsigned(right);
    case bpf.ALU_MOD:
      if (right === 0n) return left;
      return isSigned ? left % right : unsigned(left) % unsigned(right);
    case bpf.ALU_OR:
      return left | right;
    case bpf.ALU_AND:
      return left & right;
    case bpf.ALU_XOR:
      return left ^ right;
    case bpf.ALU_LSH:
      return left << (right & 63n);
    case bpf.ALU_RSH:
      return unsigned(left) >> (right & 63n);
    case bpf.ALU_ARSH:
      return left >> (right & 63n);
    default:
      throw unknown(operation);
  }
}

/** The low `bits` bits of a word as a signed number. */
export function signExtend(bits: 8 | 16 | 32, low: number): number {
  const unused = 32 - bits;
  return (low << unused) >> unused;
}

/** The low `bits` bits with their bytes in the opposite order; the bits above become zero. */
export function swapBytes(bits: 16 | 32 | 64, value: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value, true);
  if (bits === 16) return BigInt(view.getUint16(0, false));
  if (bits === 32) return BigInt(view.getUint32(0, false));
  return view.getBigInt64(0, false);
}

/**
 * Does the condition of a jump hold?
 *
 * Values are pairs of signed words. For 32-bit jumps the caller extends the sign into the high words: that keeps equal
 * values equal, the order of signed and of unsigned values, and whether two values share a bit.
 */
export function isConditionTrue(
  condition: number,
  leftLow: number,
  leftHigh: number,
  rightLow: number,
  rightHigh: number,
): boolean {
  const isEqual = leftLow === rightLow && leftHigh === rightHigh;
  switch (condition) {
    case bpf.JMP_EQ:
      return isEqual;
    case bpf.JMP_NE:
      return !isEqual;
    case bpf.JMP_SET:
      return (leftLow & rightLow) !== 0 || (leftHigh & rightHigh) !== 0;
    case bpf.JMP_GT:
      return !isEqual && !isBelow(leftLow, leftHigh >>> 0, rightLow, rightHigh >>> 0);
    case bpf.JMP_GE:
      return !isBelow(leftLow, leftHigh >>> 0, rightLow, rightHigh >>> 0);
    case bpf.JMP_LT:
      return isBelow(leftLow, leftHigh >>> 0, rightLow, rightHigh >>> 0);
    case bpf.JMP_LE:
      return isEqual || isBelow(leftLow, leftHigh >>> 0, rightLow, rightHigh >>> 0);
    case bpf.JMP_SGT:
      return !isEqual && !isBelow(leftLow, leftHigh, rightLow, rightHigh);
    case bpf.JMP_SGE:
      return !isBelow(leftLow, leftHigh, rightLow, rightHigh);
    case bpf.JMP_SLT:
      return isBelow(leftLow, leftHigh, rightLow, rightHigh);
    case bpf.JMP_SLE:
      return isEqual || isBelow(leftLow, leftHigh, rightLow, rightHigh);
    default:
      throw unknown(condition);
  }
}

/** Signed or unsigned, as the high words are; low words are always compared unsigned. */
function isBelow(leftLow: number, leftHigh: number, rightLow: number, rightHigh: number): boolean {
  return leftHigh < rightHigh || (leftHigh === rightHigh && leftLow >>> 0 < rightLow >>> 0);
}

function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** Programs are checked before they run, so that this is a mistake of the interpreter. */
function unknown(operation: number): RangeError {
  return new RangeError(`0x${operation.toString(16)} is no operation of an eBPF instruction.`);
}
