/**
 * Arithmetic on constants: exactly what JavaScript computes, refused where a number would stop being an exact integer.
 */
import { refuse } from "../diagnostic.ts";
import type { BinaryOperator, CompareOperator, Span } from "../tree.ts";

const U64_MAX = 2n ** 64n - 1n;

export function computeBinary(operator: BinaryOperator, left: unknown, right: unknown, at: Span): number | bigint {
  if (typeof left === "number" && typeof right === "number") return computeNumber(operator, left, right, at);
  if (typeof left === "bigint" && typeof right === "bigint") return computeBigint(operator, left, right, at);
  return refuse("E207", at, `${operator} of ${nameOf(left)} and ${nameOf(right)}`, "two numbers or two bigints");
}

/** `Math.floor(a / b)` and `(a / b) >>> 0`: the only divisions of numbers. */
export function divide(left: unknown, right: unknown, at: Span): number {
  if (typeof left !== "number" || typeof right !== "number") {
    return refuse(
      "E207",
      at,
      `Math.floor of ${nameOf(left)} / ${nameOf(right)}`,
      "two numbers; bigints divide without it",
    );
  }
  checkDivision(left, right, "/", at);
  return Math.floor(left / right);
}

function computeNumber(operator: BinaryOperator, left: number, right: number, at: Span): number {
  switch (operator) {
    case "+":
      return exact(BigInt(left) + BigInt(right), at);
    case "-":
      return exact(BigInt(left) - BigInt(right), at);
    case "*":
      return exact(BigInt(left) * BigInt(right), at);
    case "/":
      return refuse("E208", at, "a quotient that may have a fraction", "Math.floor(a / b)");
    case "%":
      checkDivision(left, right, "%", at);
      return left % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    case ">>>":
      return left >>> right;
  }
}

/** Sums and products may leave 64 bits until `u64wrap`, as at run time; what looks at the value may not. */
function computeBigint(operator: BinaryOperator, left: bigint, right: bigint, at: Span): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
    case "%":
      checkU64(left, at);
      checkU64(right, at);
      if (right === 0n) return refuse("E208", at, `${left} ${operator} 0n`, "a divisor of at least 1");
      return operator === "/" ? left / right : left % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "<<":
      checkShift(right, at);
      return left << right;
    case ">>":
      checkU64(left, at);
      checkShift(right, at);
      return left >> right;
    case ">>>":
      return refuse("E207", at, ">>> of bigints, which JavaScript does not have", ">>");
  }
}

export function compare(operator: CompareOperator, left: unknown, right: unknown, at: Span): boolean {
  const sameType = typeof left === typeof right;
  if (sameType && typeof left === "boolean" && (operator === "===" || operator === "!==")) {
    return (left === right) === (operator === "===");
  }
  if (!sameType || !(isNumber(left) && isNumber(right))) {
    return refuse("E207", at, `${operator} of ${nameOf(left)} and ${nameOf(right)}`, "two numbers or two bigints");
  }
  for (const side of [left, right]) if (typeof side === "bigint") checkU64(side, at);
  switch (operator) {
    case "===":
      return left === right;
    case "!==":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

/** `Number(u64)`, where the number is the same integer. */
export function exactNumber(value: bigint, at: Span): number {
  if (value <= 2n ** 53n) return Number(value);
  return refuse("E208", at, `${value} is above 2^53, where numbers are exact`, "a mask or a shift before Number()");
}

/** The result as a number. It is computed as a bigint, because a double that has rounded does not say so. */
function exact(value: bigint, at: Span): number {
  if (value >= -(2n ** 53n) && value <= 2n ** 53n) return Number(value);
  return refuse("E208", at, `${value} is outside ±2^53, where numbers are exact`, "bigints: 1n << 60n");
}

export function checkU64(value: bigint, at: Span): bigint {
  if (value >= 0n && value <= U64_MAX) return value;
  return refuse("E208", at, `${value} is outside 0..2^64-1`, "u64wrap(…) around it");
}

function checkShift(amount: bigint, at: Span): void {
  if (amount < 0n || amount > 63n) refuse("E208", at, `a shift by ${amount}`, "a shift by 0n to 63n");
}

function checkDivision(left: number, right: number, operator: string, at: Span): void {
  if (left >= 0 && right >= 1) return;
  refuse("E208", at, `${left} ${operator} ${right}`, "a left side of at least 0 and a divisor of at least 1");
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** The value's kind in a message. */
export function nameOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "a declaration" : `a ${typeof value}`;
}
