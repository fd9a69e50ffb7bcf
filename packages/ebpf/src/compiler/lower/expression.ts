/**
 * Expressions: from the tree to entities.
 */
import { refuse } from "../diagnostic.ts";
import type { Expression, ExpressionOf } from "../tree.ts";
import { arith, binary, bitOperation, divide } from "./arithmetic.ts";
import { lowerCall } from "./call.ts";
import { compare, not } from "./comparison.ts";
import { lowerCondition } from "./condition.ts";
import { readContextField } from "./context.ts";
import { describe, type Entity } from "./entity.ts";
import { expectBool, expectInt } from "./expect.ts";
import type { Lowering } from "./lowering.ts";
import { fieldOf, readField } from "./memory.ts";
import { isNull, mergeResults } from "./reference.ts";

export function lowerExpression(l: Lowering, expression: Expression): Entity {
  const { at } = expression;
  switch (expression.kind) {
    case "integer":
      return { kind: "int", value: l.int(expression.value, at) };
    case "bigint":
      return { kind: "u64", value: l.u64(expression.value, at) };
    case "boolean":
      return { kind: "bool", value: l.constant(expression.value, "bool", at) };
    case "null":
      return { kind: "null" };
    case "string":
      return { kind: "string", value: expression.value };
    case "name":
      return lowerName(l, expression);
    case "unary":
      return lowerUnary(l, expression);
    case "binary":
      return lowerBinary(l, expression);
    case "compare":
      return { kind: "bool", value: lowerCompare(l, expression) };
    case "logical":
      return lowerLogicalValue(l, expression);
    case "conditional":
      return lowerConditional(l, expression);
    case "member":
      return lowerMember(l, expression);
    case "call":
      return lowerCall(l, expression);
    case "object":
    case "array":
    case "arrow":
      return refuse(
        "E505",
        at,
        `${expression.kind === "arrow" ? "a function" : `an ${expression.kind} literal`} is not a value`,
        "name what you need: Layout.make({ … }), table(kind, [ … ]), a module-level function",
      );
  }
}

function lowerName(l: Lowering, expression: ExpressionOf<"name">): Entity {
  const variable = l.findVariable(expression.name);
  if (variable !== null) return l.read(variable, expression.at);
  const binding = l.frame.scope.lookup(expression.name, expression.at);
  switch (binding.kind) {
    case "integer":
      return { kind: "int", value: l.int(binding.value, expression.at) };
    case "bigint":
      return { kind: "u64", value: l.u64(binding.value, expression.at) };
    case "boolean":
      return { kind: "bool", value: l.constant(binding.value, "bool", expression.at) };
    case "string":
      return { kind: "string", value: binding.value };
    case "map":
    case "cell":
      return { kind: "map", declaration: binding.map, pointer: null, isNull: null };
    default:
      return { kind: "static", binding };
  }
}

function lowerUnary(l: Lowering, expression: ExpressionOf<"unary">): Entity {
  const { at, operator } = expression;
  const operand = lowerExpression(l, expression.operand);
  if (operator === "!") return { kind: "bool", value: not(l, expectBool(operand, "the operand of '!'", at), at) };
  const value = expectInt(operand, `the operand of '${operator}'`, at);
  if (operator === "-") return { kind: "int", value: arith(l, "sub", l.int(0, at), value, at) };
  return { kind: "int", value: bitOperation(l, "xor", value, l.int(-1, at), at) };
}

function lowerBinary(l: Lowering, expression: ExpressionOf<"binary">): Entity {
  const { at, operator } = expression;
  const quotient = operator === ">>>" && isZero(expression.right) ? asDivision(expression.left) : null;
  if (quotient !== null)
    return { kind: "int", value: bitOperation(l, "shr", lowerDivision(l, quotient), l.int(0, at), at) };
  const left = lowerExpression(l, expression.left);
  const right = lowerExpression(l, expression.right);
  return binary(l, operator, left, right, at);
}

function isZero(expression: Expression): boolean {
  return expression.kind === "integer" && expression.value === 0;
}

/** `a / b`, which is lowered only where it is floored at once. */
export function asDivision(expression: Expression): ExpressionOf<"binary"> | null {
  return expression.kind === "binary" && expression.operator === "/" ? expression : null;
}

export function lowerDivision(l: Lowering, { left, right, at }: ExpressionOf<"binary">) {
  const dividend = expectInt(lowerExpression(l, left), "the left side of '/'", left.at);
  const divisor = expectInt(lowerExpression(l, right), "the right side of '/'", right.at);
  return divide(l, "div", dividend, divisor, at);
}

function lowerCompare(l: Lowering, expression: ExpressionOf<"compare">) {
  const { at, operator } = expression;
  const left = lowerExpression(l, expression.left);
  const right = lowerExpression(l, expression.right);
  if (left.kind !== "null" && right.kind !== "null") return compare(l, operator, left, right, at);
  if (operator !== "===" && operator !== "!==") {
    return refuse("E310", at, `'${operator}' with null`, "null is tested with === and !==");
  }
  const test = isNull(l, left.kind === "null" ? right : left, at);
  return operator === "===" ? test : not(l, test, at);
}

function lowerLogicalValue(l: Lowering, expression: ExpressionOf<"logical">): Entity {
  const { whenTrue, whenFalse } = lowerCondition(l, expression);
  const results = [whenTrue, whenFalse].flatMap((edges, index) => {
    l.join(edges, expression.at);
    if (l.cursor === null) return [];
    const value = l.constant(index === 0, "bool", expression.at);
    return [{ edge: l.here, entity: { kind: "bool", value } as const }];
  });
  return mergeResults(l, results, expression.at);
}

function lowerConditional(l: Lowering, expression: ExpressionOf<"conditional">): Entity {
  const { whenTrue, whenFalse } = lowerCondition(l, expression.test);
  const ways = [
    { edges: whenTrue, chosen: expression.whenTrue },
    { edges: whenFalse, chosen: expression.whenFalse },
  ];
  const results = ways.flatMap(({ edges, chosen }) => {
    l.join(edges, expression.at);
    if (l.cursor === null) return [];
    const entity = lowerExpression(l, chosen);
    return [{ edge: l.here, entity }];
  });
  return mergeResults(l, results, expression.at);
}

function lowerMember(l: Lowering, expression: ExpressionOf<"member">): Entity {
  const { at, property } = expression;
  const object = lowerExpression(l, expression.object);
  if (object.kind === "ref") return readField(l, fieldOf(l, object, property, at), at);
  if (object.kind === "context") return readContextField(l, object, property, at);
  if (object.kind === "vector" && property === "length") return { kind: "int", value: l.int(object.length, at) };
  if (object.kind === "static" && object.binding.kind === "config")
    return configValue(l, object.binding.values, expression);
  if (object.kind === "static" && object.binding.kind === "layout" && property === "size") {
    return { kind: "int", value: l.int(object.binding.layout.size, at) };
  }
  return refuse(
    "E406",
    at,
    `${describe(object)} has no property "${property}"`,
    "fields belong to references, layouts, the context and config",
  );
}

function configValue(
  l: Lowering,
  values: Readonly<Record<string, number | bigint | boolean>>,
  { property, at }: ExpressionOf<"member">,
): Entity {
  const value = Object.hasOwn(values, property) ? values[property] : undefined;
  switch (typeof value) {
    case "number":
      return { kind: "int", value: l.int(value, at) };
    case "bigint":
      return { kind: "u64", value: l.u64(value, at) };
    case "boolean":
      return { kind: "bool", value: l.constant(value, "bool", at) };
    default:
      return refuse("E406", at, `the configuration has no "${property}"`, `one of: ${Object.keys(values).join(", ")}`);
  }
}
