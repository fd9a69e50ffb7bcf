/**
 * Closed intervals of integers: what the compiler knows of a value.
 *
 * The empty interval is `null`: no value at all, because the code that would compute it does not run.
 */
import type { Range, ValueType } from "../ir/ir.ts";

/** Up to here, on both sides of zero, V8's numbers count every integer. */
export const INT_LIMIT = 2n ** 53n;
export const INT32: Range = { low: -(2n ** 31n), high: 2n ** 31n - 1n };
export const UINT32: Range = { low: 0n, high: 2n ** 32n - 1n };
export const UINT64: Range = { low: 0n, high: 2n ** 64n - 1n };
export const EXACT_INT: Range = { low: -INT_LIMIT, high: INT_LIMIT };
export const BOOL: Range = { low: 0n, high: 1n };
export const ADDRESS: Range = UINT64;
/** An address that is not the null reference. */
export const NON_NULL: Range = { low: 1n, high: UINT64.high };

/** A bound that stands for "no bound": far outside everything that is computed with. */
export const UNBOUNDED = 2n ** 200n;

/** What a value may be when nothing but its type is known. */
export function rangeOfType(type: ValueType): Range | null {
  switch (type) {
    case "int":
      return EXACT_INT;
    case "u64":
      return UINT64;
    case "bool":
      return BOOL;
    case "pointer":
      return ADDRESS;
    case "none":
      return null;
  }
}

/** Math.min for bigints, which Math.min does not take. */
export function smaller(left: bigint, right: bigint): bigint {
  if (left <= right) return left;
  return right;
}

/** Math.max for bigints. */
export function larger(left: bigint, right: bigint): bigint {
  if (left >= right) return left;
  return right;
}

/** `null` when `low` is above `high`. */
export function interval(low: bigint, high: bigint): Range | null {
  return low <= high ? { low, high } : null;
}

export function single(value: bigint): Range {
  return { low: value, high: value };
}

export function isSingle(range: Range | null): range is Range {
  return range !== null && range.low === range.high;
}

/** True when `inner` lies within `outer`; the empty interval lies within every other. */
export function isWithin(inner: Range | null, outer: Range): boolean {
  return inner === null || (inner.low >= outer.low && inner.high <= outer.high);
}

export function sameRange(left: Range | null, right: Range | null): boolean {
  if (left === null || right === null) return left === right;
  return left.low === right.low && left.high === right.high;
}

/** The smallest interval that holds both. Gives back one of its arguments where it can. */
export function join(left: Range | null, right: Range | null): Range | null {
  if (left === null || right === null) return left ?? right;
  const low = smaller(left.low, right.low);
  const high = larger(left.high, right.high);
  if (low === left.low && high === left.high) return left;
  return { low, high };
}

/** What lies in both. Gives back its first argument where it can. */
export function intersect(left: Range | null, right: Range | null): Range | null {
  if (left === null || right === null) return null;
  const low = larger(left.low, right.low);
  const high = smaller(left.high, right.high);
  if (low === left.low && high === left.high) return left;
  return interval(low, high);
}

/** `0..255`; a missing bound prints as `-∞` or `∞`. */
export function formatRange(range: Range): string {
  return `${formatBound(range.low)}..${formatBound(range.high)}`;
}

function formatBound(bound: bigint): string {
  if (bound >= UNBOUNDED) return "∞";
  return bound <= -UNBOUNDED ? "-∞" : `${bound}`;
}
