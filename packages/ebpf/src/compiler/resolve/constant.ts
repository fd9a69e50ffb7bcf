/**
 * Module constants, evaluated while compiling: arithmetic, and declarations by calling the language's own functions.
 */
import type { Constant } from "../../language/config.ts";
import { refuse } from "../diagnostic.ts";
import type { Expression, ExpressionOf, Span } from "../tree.ts";
import { checkU64, compare, computeBinary, divide, exactNumber, nameOf } from "./arithmetic.ts";
import { constantValue } from "./binding.ts";
import { callLanguage } from "./language-names.ts";
import type { Binding } from "./program.ts";

/** Finds what a name of the module stands for; throws `CompileError` when it has no value here. */
export type Lookup = (name: string, at: Span) => Binding;

/** The value of a constant expression: a number, a string, or what a declaration made. */
export function evaluate(lookup: Lookup, expression: Expression): unknown {
  const { at } = expression;
  switch (expression.kind) {
    case "integer":
    case "bigint":
    case "boolean":
    case "string":
      return expression.value;
    case "name":
      return constantValue(lookup(expression.name, at)) ?? notConstant(at, expression.name);
    case "unary":
      return evaluateUnary(lookup, expression);
    case "binary":
      return evaluateBinary(lookup, expression);
    case "compare":
      return compare(expression.operator, evaluate(lookup, expression.left), evaluate(lookup, expression.right), at);
    case "logical": {
      const left = evaluateCondition(lookup, expression.left);
      return left === (expression.operator === "&&") ? evaluateCondition(lookup, expression.right) : left;
    }
    case "conditional":
      return evaluate(lookup, evaluateCondition(lookup, expression.test) ? expression.whenTrue : expression.whenFalse);
    case "member":
      return evaluateMember(lookup, expression);
    case "call":
      return evaluateCall(lookup, expression);
    case "object":
      return Object.fromEntries(expression.properties.map(({ name, value }) => [name, evaluate(lookup, value)]));
    case "array":
      return expression.elements.map((element) => evaluate(lookup, element));
    case "null":
    case "arrow":
      return notConstant(at, expression.kind === "null" ? "null" : "a function");
  }
}

function notConstant(at: Span, got: string): never {
  return refuse(
    "E207",
    at,
    `${got} is not a constant`,
    "integers, bigints, booleans, arithmetic on them, and declarations",
  );
}

function evaluateUnary(lookup: Lookup, { operator, operand, at }: ExpressionOf<"unary">): unknown {
  if (operator === "!") return !evaluateCondition(lookup, operand);
  const value = evaluate(lookup, operand);
  if (typeof value === "number") return operator === "-" ? 0 - value : ~value;
  if (typeof value === "bigint" && operator === "-") return -value;
  return refuse("E207", at, `${operator} of ${nameOf(value)}`, "a number");
}

function evaluateBinary(lookup: Lookup, { operator, left, right, at }: ExpressionOf<"binary">): number | bigint {
  if (operator === ">>>" && isDivision(left) && right.kind === "integer" && right.value === 0) {
    return evaluateDivision(lookup, left) >>> 0;
  }
  return computeBinary(operator, evaluate(lookup, left), evaluate(lookup, right), at);
}

function isDivision(expression: Expression): expression is ExpressionOf<"binary"> {
  return expression.kind === "binary" && expression.operator === "/";
}

function evaluateDivision(lookup: Lookup, { left, right, at }: ExpressionOf<"binary">): number {
  return divide(evaluate(lookup, left), evaluate(lookup, right), at);
}

function evaluateCondition(lookup: Lookup, expression: Expression): boolean {
  const value = evaluate(lookup, expression);
  if (typeof value === "boolean") return value;
  return refuse("E207", expression.at, `a condition that is ${nameOf(value)}`, "a comparison");
}

/** `cfg.nat`, and `Head.size`, the bytes of a layout. */
function evaluateMember(lookup: Lookup, { object, property, at }: ExpressionOf<"member">): Constant {
  const binding = object.kind === "name" ? lookup(object.name, object.at) : null;
  if (binding?.kind === "config" && Object.hasOwn(binding.values, property)) {
    const value = binding.values[property];
    if (value !== undefined) return value;
  }
  if (binding?.kind === "layout" && property === "size") return binding.layout.size;
  return notConstant(at, `.${property}`);
}

function evaluateCall(lookup: Lookup, { callee, args, at }: ExpressionOf<"call">): unknown {
  if (callee.kind === "member" && callee.object.kind === "name" && isIntrinsic(lookup, callee.object, "Math")) {
    return evaluateMath(lookup, callee.property, args, at);
  }
  const binding = callee.kind === "name" ? lookup(callee.name, callee.at) : null;
  if (binding?.kind !== "intrinsic") return notConstant(at, "what this call gives");
  const values = args.map((argument) => evaluate(lookup, argument));
  if (binding.name === "BigInt" || binding.name === "Number") return convert(binding.name, values, at);
  return declare(binding.name, values, at);
}

function isIntrinsic(lookup: Lookup, { name, at }: ExpressionOf<"name">, intrinsic: string): boolean {
  const binding = lookup(name, at);
  return binding.kind === "intrinsic" && binding.name === intrinsic;
}

function evaluateMath(lookup: Lookup, name: string, args: readonly Expression[], at: Span): number {
  const [first] = args;
  if (name === "floor" && first !== undefined && isDivision(first)) return evaluateDivision(lookup, first);
  const values = args.map((argument) => evaluate(lookup, argument)).filter((value) => typeof value === "number");
  const [a, b] = values;
  if (name === "floor" && a !== undefined) return a;
  if (a !== undefined && b !== undefined && values.length === args.length && args.length === 2) {
    if (name === "min") return Math.min(a, b);
    if (name === "max") return Math.max(a, b);
    if (name === "imul") return Math.imul(a, b);
  }
  return notConstant(at, `Math.${name} of these`);
}

function convert(name: "BigInt" | "Number", [value]: readonly unknown[], at: Span): number | bigint {
  if (name === "BigInt" && typeof value === "number") return checkU64(BigInt(value), at);
  if (name === "Number" && typeof value === "bigint") return exactNumber(checkU64(value, at), at);
  return refuse("E207", at, `${name}() of ${nameOf(value)}`, "BigInt(number) or Number(bigint)");
}

/** Calls the language; its errors say what, why and how to fix, in this order and in sentences. */
function declare(name: string, args: readonly unknown[], at: Span): unknown {
  try {
    return callLanguage(name, args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { message } = error;
    const lastSentence = message.lastIndexOf(". ") + 1;
    const [got, write] =
      lastSentence > 0
        ? [message.slice(0, lastSentence), message.slice(lastSentence + 1)]
        : [message, "a declaration that holds"];
    return refuse("E209", at, got, write);
  }
}
