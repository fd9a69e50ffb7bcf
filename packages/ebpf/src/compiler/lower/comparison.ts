/**
 * Comparisons of numbers, u64s and booleans, and negation.
 */
import { refuse } from "../diagnostic.ts";
import type { Comparison, Value } from "../ir/ir.ts";
import type { CompareOperator, Span } from "../tree.ts";
import { wrapped } from "./arithmetic.ts";
import { constantOf, foldComparison } from "./builder.ts";
import { describe, type Entity } from "./entity.ts";
import type { Lowering } from "./lowering.ts";

const COMPARISONS: Record<CompareOperator, Comparison> = {
  "===": "==",
  "!==": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

export function compare(l: Lowering, operator: CompareOperator, left: Entity, right: Entity, at: Span): Value {
  const comparison = COMPARISONS[operator];
  const equality = comparison === "==" || comparison === "!=";
  if (left.kind === "int" && right.kind === "int") return compareValues(l, comparison, left.value, right.value, at);
  if (left.kind === "u64" && right.kind === "u64") {
    const a = wrapped(l, left.value, `the left side of '${operator}'`, at);
    const b = wrapped(l, right.value, `the right side of '${operator}'`, at);
    return compareValues(l, comparison, a, b, at);
  }
  if (left.kind === "bool" && right.kind === "bool" && equality)
    return compareValues(l, comparison, left.value, right.value, at);
  return refuse(
    "E307",
    at,
    `'${operator}' on ${describe(left)} and ${describe(right)}`,
    "compare two numbers, two u64s, two booleans (=== and !== only), or a reference with null",
  );
}

export function compareValues(l: Lowering, comparison: Comparison, left: Value, right: Value, at: Span): Value {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== null && b !== null) return l.constant(foldComparison(comparison, a, b), "bool", at);
  return l.emit({ kind: "compare", operator: comparison, left, right }, "bool", at);
}

export function not(l: Lowering, value: Value, at: Span): Value {
  const known = constantOf(value);
  return known === null ? l.emit({ kind: "not", value }, "bool", at) : l.constant(known === 0n, "bool", at);
}
