/**
 * Intervals of JavaScript's bit operators.
 *
 * `& | ^` are done once for integers of any width in two's complement; the int32 operators first bring both sides to 32 bits. An
 * interval keeps its place when all of it lies in one stretch of 2^32, otherwise every 32-bit value is possible.
 */
import type { BitOperator, Range } from "../ir/ir.ts";
import { arithmeticRange } from "./arithmetic.ts";
import { INT32, isSingle, larger, single, smaller, UINT32 } from "./interval.ts";

/** The low 32 bits as an int32, as the operand of a bit operator is read (ECMA-262, ToInt32). */
export function toInt32(range: Range): Range {
  return keepLow32(range, INT32);
}

/** The low 32 bits as a uint32: `x >>> 0` (ECMA-262, ToUint32). */
export function toUint32(range: Range): Range {
  return keepLow32(range, UINT32);
}

/** `left operator right` in int32; `>>>` gives a uint32. */
export function bitRange(operator: BitOperator, left: Range, right: Range): Range {
  switch (operator) {
    case "and":
    case "or":
    case "xor":
      return logicRange(operator, toInt32(left), toInt32(right));
    case "shl":
      return toInt32(shiftLeft(toInt32(left), shiftAmount(right)));
    case "sar":
      return shiftRight(toInt32(left), shiftAmount(right));
    case "shr":
      return shiftRight(toUint32(left), shiftAmount(right));
  }
}

/** Math.imul. */
export function imulRange(left: Range, right: Range): Range {
  return toInt32(arithmeticRange("mul", toInt32(left), toInt32(right)) ?? INT32);
}

/** Reverses the low 2 or 4 bytes: where a byte goes says nothing about order, so only a single value stays known. */
export function swapRange(bits: 16 | 32, range: Range): Range {
  if (isSingle(range)) return single(reverseBytes(bits, range.low));
  return bits === 16 ? { low: 0n, high: 0xffffn } : UINT32;
}

/** `& | ^` on two's complement of any width. */
export function logicRange(operator: "and" | "or" | "xor", left: Range, right: Range): Range {
  switch (operator) {
    case "and":
      return andRange(left, right);
    case "or":
      // De Morgan: a | b is ~(~a & ~b).
      return complement(andRange(complement(left), complement(right)));
    case "xor":
      return xorRange(left, right);
  }
}

/** `left << amount` before anything is cut off; the amount is not negative. */
export function shiftLeft(left: Range, amount: Range): Range {
  return {
    low: left.low << (left.low < 0n ? amount.high : amount.low),
    high: left.high << (left.high < 0n ? amount.low : amount.high),
  };
}

/** `left >> amount`, rounding down; the amount is not negative. */
export function shiftRight(left: Range, amount: Range): Range {
  return {
    low: left.low >> (left.low < 0n ? amount.low : amount.high),
    high: left.high >> (left.high < 0n ? amount.high : amount.low),
  };
}

function keepLow32(range: Range, target: Range): Range {
  if (range.low >= target.low && range.high <= target.high) return range;
  const stretch = (range.low - target.low) >> 32n;
  if (stretch !== (range.high - target.low) >> 32n) return target;
  return { low: range.low - (stretch << 32n), high: range.high - (stretch << 32n) };
}

/** Only the low five bits of an amount count. */
function shiftAmount(range: Range): Range {
  if (range.low >= 0n && range.high <= 31n) return range;
  const round = range.low >> 5n;
  if (round !== range.high >> 5n) return { low: 0n, high: 31n };
  return { low: range.low & 31n, high: range.high & 31n };
}

function andRange(left: Range, right: Range): Range {
  if (isSingle(left) && isSingle(right)) return single(left.low & right.low);
  if (left.low >= 0n || right.low >= 0n) {
    // A side that is not negative bounds the result whatever the other is.
    if (right.low < 0n) return { low: 0n, high: left.high };
    if (left.low < 0n) return { low: 0n, high: right.high };
    return { low: 0n, high: smaller(left.high, right.high) };
  }
  // Both may be negative: the leading ones that both lows share stay, and below them everything may be cleared.
  const low = ~onesUpTo(~smaller(left.low, right.low));
  const bothNegative = left.high < 0n && right.high < 0n;
  return { low, high: bothNegative ? smaller(left.high, right.high) : larger(left.high, right.high) };
}

function xorRange(left: Range, right: Range): Range {
  if (isSingle(left) && isSingle(right)) return single(left.low ^ right.low);
  const ones = onesUpTo(larger(magnitude(left), magnitude(right)));
  const leftNegative = left.high < 0n;
  const rightNegative = right.high < 0n;
  const leftKnown = leftNegative || left.low >= 0n;
  const rightKnown = rightNegative || right.low >= 0n;
  if (!leftKnown || !rightKnown) return { low: ~ones, high: ones };
  return leftNegative === rightNegative ? { low: 0n, high: ones } : { low: ~ones, high: -1n };
}

function complement(range: Range): Range {
  return { low: ~range.high, high: ~range.low };
}

/** The largest value once the sign bits are folded away: what has to fit below the leading ones or zeros. */
function magnitude(range: Range): bigint {
  return larger(range.low < 0n ? ~range.low : range.low, range.high < 0n ? ~range.high : range.high);
}

/** The smallest number of the form 2^k - 1 that is not below `value`, which is >= 0. */
function onesUpTo(value: bigint): bigint {
  if (value <= 0xffff_ffffn) return (1n << BigInt(32 - Math.clz32(Number(value)))) - 1n;
  return (1n << BigInt(value.toString(2).length)) - 1n;
}

function reverseBytes(bits: 16 | 32, value: bigint): bigint {
  let reversed = 0n;
  for (let shift = 0n; shift < bits; shift += 8n) reversed = (reversed << 8n) | ((value >> shift) & 0xffn);
  return reversed;
}
