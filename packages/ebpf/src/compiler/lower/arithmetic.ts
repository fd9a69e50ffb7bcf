/**
 * Arithmetic and bit operators on numbers and u64s.
 *
 * Each operation keeps JavaScript's meaning; where the two worlds could part (rounding, wrapping, division by zero) a `fit` is left
 * behind that `ranges` must be able to prove.
 */
import { refuse } from "../diagnostic.ts";
import type { ArithmeticOperator, BitOperator, Fit, Value } from "../ir/ir.ts";
import type { BinaryOperator, Span } from "../tree.ts";
import { constantOf, foldArithmetic, foldBits, INT_LIMIT, U64_MAX } from "./builder.ts";
import { describe, type Entity, type Scalar } from "./entity.ts";
import type { Lowering } from "./lowering.ts";

const ARITHMETIC: Partial<Record<BinaryOperator, ArithmeticOperator>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
};
const BITS: Partial<Record<BinaryOperator, BitOperator>> = {
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shl",
  ">>": "sar",
  ">>>": "shr",
};

/** `left operator right` for two numbers or two u64s. Division of numbers is lowered by `divide` alone. */
export function binary(l: Lowering, operator: BinaryOperator, left: Entity, right: Entity, at: Span): Scalar {
  if (left.kind === "int" && right.kind === "int")
    return { kind: "int", value: intBinary(l, operator, left.value, right.value, at) };
  if (left.kind === "u64" && right.kind === "u64")
    return { kind: "u64", value: u64Binary(l, operator, left.value, right.value, at) };
  return refuse(
    "E307",
    at,
    `'${operator}' on ${describe(left)} and ${describe(right)}`,
    "give both sides one type: BigInt(n) makes a u64, Number(x) a number",
  );
}

function intBinary(l: Lowering, operator: BinaryOperator, left: Value, right: Value, at: Span): Value {
  if (operator === "/") {
    return refuse("E303", at, "'/' on numbers gives a fraction", "write Math.floor(a / b) or (a / b) >>> 0");
  }
  if (operator === "%") return divide(l, "mod", left, right, at);
  const bits = BITS[operator];
  if (bits !== undefined) return bitOperation(l, bits, left, right, at);
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic === undefined) throw new Error(`no operator ${operator}`);
  return arith(l, arithmetic, left, right, at);
}

/** Exact `+ - *`, and what `fit`s have made safe of division, with constants folded. */
export function arith(l: Lowering, operator: ArithmeticOperator, left: Value, right: Value, at: Span): Value {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== null && b !== null) {
    const folded = foldArithmetic(operator, a, b, left.type);
    if (folded !== null) return l.constant(folded, left.type, at);
  }
  return l.emit({ kind: "arith", operator, left, right }, left.type, at);
}

/** Floor division or remainder of numbers: the left side is proven not negative, the divisor at least 1. */
export function divide(l: Lowering, operator: "div" | "mod", left: Value, right: Value, at: Span): Value {
  const sign = operator === "div" ? "/" : "%";
  const dividend = l.fit(left, notNegative(`the left side of '${sign}'`), at);
  const divisor = l.fit(
    right,
    {
      low: 1n,
      high: INT_LIMIT,
      rule: "E304",
      subject: `the divisor of '${sign}'`,
      write: "test it first: if (n === 0) return …",
    },
    at,
  );
  return arith(l, operator, dividend, divisor, at);
}

function notNegative(subject: string): Fit {
  return { low: 0n, high: INT_LIMIT, rule: "E304", subject, write: "make it unsigned with >>> 0, or test it first" };
}

export function bitOperation(l: Lowering, operator: BitOperator, left: Value, right: Value, at: Span): Value {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== null && b !== null) return l.int(foldBits(operator, a, b), at);
  if (operator === "shr" && b === 0n) return l.emit({ kind: "unsigned32", value: left }, "int", at);
  return l.emit({ kind: "bits", operator, left, right }, "int", at);
}

function u64Binary(l: Lowering, operator: BinaryOperator, left: Value, right: Value, at: Span): Value {
  switch (operator) {
    case "+":
    case "-":
    case "*":
      return arith(l, operator === "+" ? "add" : operator === "-" ? "sub" : "mul", left, right, at);
    case "/":
    case "%": {
      const divisor: Fit = {
        low: 1n,
        high: U64_MAX,
        rule: "E304",
        subject: `the divisor of '${operator}'`,
        write: "test it first: if (n === 0n) return …",
      };
      const dividend = wrapped(l, left, `the left side of '${operator}'`, at);
      return arith(l, operator === "/" ? "div" : "mod", dividend, l.fit(right, divisor, at), at);
    }
    case "<<":
    case ">>": {
      const amount = l.fit(
        right,
        {
          low: 0n,
          high: 63n,
          rule: "E310",
          subject: "the shift amount of a u64",
          write: "keep it within 0n..63n: & 63n",
        },
        at,
      );
      const value = operator === ">>" ? wrapped(l, left, "the left side of '>>'", at) : left;
      return l.emit(
        { kind: "bits64", operator: operator === "<<" ? "shl" : "shr", left: value, right: amount },
        "u64",
        at,
      );
    }
    case "&":
    case "|":
    case "^": {
      const a = wrapped(l, left, `the left side of '${operator}'`, at);
      const b = wrapped(l, right, `the right side of '${operator}'`, at);
      return l.emit(
        { kind: "bits64", operator: operator === "&" ? "and" : operator === "|" ? "or" : "xor", left: a, right: b },
        "u64",
        at,
      );
    }
    case ">>>":
      return refuse("E310", at, "'>>>' on a u64", "a u64 is never negative: write >>");
  }
}

/** A u64 that is proven to lie within 64 bits. */
export function wrapped(l: Lowering, value: Value, subject: string, at: Span): Value {
  return l.fit(
    value,
    {
      low: 0n,
      high: U64_MAX,
      rule: "E305",
      subject,
      write: "the value may have wrapped: put u64wrap() around it first",
    },
    at,
  );
}
