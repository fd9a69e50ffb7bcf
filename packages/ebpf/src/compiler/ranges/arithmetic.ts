/**
 * Intervals of `+ - * / %` over mathematical integers: nothing wraps and nothing rounds here.
 *
 * The ends of the result are taken by ends of the operands, so a bound is never looser than one interval can say, except for `%`.
 */
import type { ArithmeticOperator, Range } from "../ir/ir.ts";
import { EXACT_INT, intersect, interval, larger, smaller } from "./interval.ts";

/**
 * The interval of `left operator right`. For `div` and `mod` the left side counts only where it is >= 0 and the right side only
 * where it is >= 1, as rule E302 demands of both before; `null` when nothing is left of one of them.
 */
export function arithmeticRange(operator: ArithmeticOperator, left: Range, right: Range): Range | null {
  switch (operator) {
    case "add":
      return { low: left.low + right.low, high: left.high + right.high };
    case "sub":
      return { low: left.low - right.high, high: left.high - right.low };
    case "mul":
      return multiply(left, right);
    case "div":
    case "mod":
      return divideOrRest(operator, left, right);
  }
}

/** What V8 computes exactly of an int result: the part within ±2^53. The rest is refused by rule E301, and so need not be known. */
export function clipToExact(range: Range): Range {
  return intersect(range, EXACT_INT) ?? EXACT_INT;
}

function multiply(left: Range, right: Range): Range {
  if (left.low >= 0n && right.low >= 0n) return { low: left.low * right.low, high: left.high * right.high };
  const corners = [left.low * right.high, left.high * right.low, left.high * right.high];
  return { low: corners.reduce(smaller, left.low * right.low), high: corners.reduce(larger, left.low * right.low) };
}

function divideOrRest(operator: "div" | "mod", left: Range, right: Range): Range | null {
  const dividend = interval(larger(left.low, 0n), left.high);
  const divisor = interval(larger(right.low, 1n), right.high);
  if (dividend === null || divisor === null) return null;
  if (operator === "div") return { low: dividend.low / divisor.high, high: dividend.high / divisor.low };
  // A dividend below every divisor is its own rest.
  if (dividend.high < divisor.low) return dividend;
  return { low: 0n, high: smaller(dividend.high, divisor.high - 1n) };
}
