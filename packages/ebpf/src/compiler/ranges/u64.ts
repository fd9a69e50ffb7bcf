/**
 * Intervals of u64: mathematical integers that may leave 0..2^64-1 until they are wrapped.
 *
 * A loop may make them grow without end, so beyond ±2^70, more than one operation on wrapped values can reach by adding, a bound
 * is given up for "no bound".
 */
import type { OperationOf, Range } from "../ir/ir.ts";
import { logicRange, shiftLeft, shiftRight } from "./bit-operators.ts";
import { larger, smaller, UINT64, UNBOUNDED } from "./interval.ts";

const FAR = 2n ** 70n;

/** Gives up bounds that are too far out to be of use. A low bound far above, or a high one far below, is moved in: still true. */
export function giveUpFarBounds(range: Range): Range {
  if (range.low >= -FAR && range.high <= FAR) return range;
  return {
    low: range.low < -FAR ? -UNBOUNDED : smaller(range.low, FAR),
    high: range.high > FAR ? UNBOUNDED : larger(range.high, -FAR),
  };
}

/** `& | ^ << >>`; a shift amount outside 0..63 has been refused before. */
export function bitRange64(operator: OperationOf<"bits64">["operator"], left: Range, right: Range): Range {
  switch (operator) {
    case "and":
    case "or":
    case "xor":
      return giveUpFarBounds(logicRange(operator, left, right));
    case "shl":
      return giveUpFarBounds(shiftLeft(left, shiftAmount64(right)));
    case "shr":
      return giveUpFarBounds(shiftRight(left, shiftAmount64(right)));
  }
}

/** BigInt.asUintN(64, x): an interval within one stretch of 2^64 keeps its width, any other becomes every u64. */
export function wrapRange64(range: Range): Range {
  if (range.low >= 0n && range.high <= UINT64.high) return range;
  const stretch = range.low >> 64n;
  if (stretch !== range.high >> 64n) return UINT64;
  return { low: range.low - (stretch << 64n), high: range.high - (stretch << 64n) };
}

function shiftAmount64(range: Range): Range {
  if (range.low >= 0n && range.high <= 63n) return range;
  return { low: 0n, high: 63n };
}
