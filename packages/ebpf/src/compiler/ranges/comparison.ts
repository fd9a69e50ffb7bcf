/**
 * What a comparison of two intervals can say, and what is known of a value once a comparison of it holds.
 */
import type { Comparison, Range } from "../ir/ir.ts";
import { BOOL, intersect, interval, isSingle, single } from "./interval.ts";

const TRUE = single(1n);
const FALSE = single(0n);

/** The interval of the bool `left comparison right`: 0, 1 or both. */
export function compareRange(comparison: Comparison, left: Range, right: Range): Range {
  switch (comparison) {
    case "==":
      return equalRange(left, right);
    case "!=":
      return notRange(equalRange(left, right));
    case "<":
      return lessRange(left, right);
    case ">=":
      return notRange(lessRange(left, right));
    case ">":
      return lessRange(right, left);
    case "<=":
      return notRange(lessRange(right, left));
  }
}

/** `!x`. */
export function notRange(range: Range): Range {
  if (!isSingle(range)) return BOOL;
  return range.low === 0n ? TRUE : FALSE;
}

/** What is left of `value` where `value comparison other` holds; `null` when it cannot hold. */
export function refineRange(value: Range, comparison: Comparison, other: Range): Range | null {
  switch (comparison) {
    case "==":
      return intersect(value, other);
    case "!=":
      return withoutEnd(value, other);
    case "<":
      return intersect(value, { low: value.low, high: other.high - 1n });
    case "<=":
      return intersect(value, { low: value.low, high: other.high });
    case ">":
      return intersect(value, { low: other.low + 1n, high: value.high });
    case ">=":
      return intersect(value, { low: other.low, high: value.high });
  }
}

/** The comparison with its sides changed: `a < b` says the same as `b > a`. */
export function mirror(comparison: Comparison): Comparison {
  switch (comparison) {
    case "<":
      return ">";
    case "<=":
      return ">=";
    case ">":
      return "<";
    case ">=":
      return "<=";
    default:
      return comparison;
  }
}

/** The comparison that holds exactly when this one does not. */
export function negate(comparison: Comparison): Comparison {
  const opposite = { "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">" } as const;
  return opposite[comparison];
}

function equalRange(left: Range, right: Range): Range {
  if (left.high < right.low || right.high < left.low) return FALSE;
  return isSingle(left) && isSingle(right) ? TRUE : BOOL;
}

function lessRange(left: Range, right: Range): Range {
  if (left.high < right.low) return TRUE;
  return left.low >= right.high ? FALSE : BOOL;
}

/** An interval has no holes, so only a single other value at one of its ends can be taken away. */
function withoutEnd(value: Range, other: Range): Range | null {
  if (!isSingle(other)) return value;
  if (other.low === value.low) return interval(value.low + 1n, value.high);
  if (other.low === value.high) return interval(value.low, value.high - 1n);
  return value;
}
