/**
 * Conditions: expressions that decide where control goes, and what is learnt from them.
 *
 * `&&`, `||` and `!` become control flow. On each way out the variables that were compared are narrowed, and references that were tested
 * are known to be there.
 */
import type { Comparison, Value } from "../ir/ir.ts";
import type { Expression, Span } from "../tree.ts";
import { append, constantOf } from "./builder.ts";
import type { Edge } from "./environment.ts";
import { expectBool } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import type { Lowering } from "./lowering.ts";

/** The open ends of a condition. An outcome that cannot happen has none. */
export interface Outcomes {
  readonly whenTrue: readonly Edge[];
  readonly whenFalse: readonly Edge[];
}

const NEGATED: Record<Comparison, Comparison> = { "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };
const MIRRORED: Record<Comparison, Comparison> = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/** Lowers a condition from the cursor on. The cursor is gone afterwards: the outcomes are the open ends. */
export function lowerCondition(l: Lowering, expression: Expression): Outcomes {
  if (expression.kind === "unary" && expression.operator === "!") {
    const { whenTrue, whenFalse } = lowerCondition(l, expression.operand);
    return { whenTrue: whenFalse, whenFalse: whenTrue };
  }
  if (expression.kind === "logical") return lowerLogical(l, expression);
  const { at } = expression;
  return branchOn(l, expectBool(lowerExpression(l, expression), "the condition", at), at);
}

function lowerLogical(l: Lowering, expression: Extract<Expression, { kind: "logical" }>): Outcomes {
  const left = lowerCondition(l, expression.left);
  const goesOn = expression.operator === "&&" ? left.whenTrue : left.whenFalse;
  l.join(goesOn, expression.left.at);
  if (l.cursor === null) return left;
  const right = lowerCondition(l, expression.right);
  return expression.operator === "&&"
    ? { whenTrue: right.whenTrue, whenFalse: [...left.whenFalse, ...right.whenFalse] }
    : { whenTrue: [...left.whenTrue, ...right.whenTrue], whenFalse: right.whenFalse };
}

export function branchOn(l: Lowering, condition: Value, at: Span): Outcomes {
  const { whenTrue, whenFalse } = l.branch(condition, at);
  if (whenTrue !== null && whenFalse !== null) {
    learn(l, whenTrue, condition, true, at);
    learn(l, whenFalse, condition, false, at);
  }
  return { whenTrue: whenTrue === null ? [] : [whenTrue], whenFalse: whenFalse === null ? [] : [whenFalse] };
}

/** Notes in the environment of an open end that the condition is known there. */
function learn(l: Lowering, edge: Edge, condition: Value, outcome: boolean, at: Span): void {
  const { op } = condition;
  if (op.kind === "not") {
    learn(l, edge, op.value, !outcome, at);
    return;
  }
  for (const [variable, entity] of edge.env.variables) {
    if ((entity.kind === "ref" || entity.kind === "map") && entity.isNull === condition) {
      if (outcome) edge.block.cold = true;
      else edge.env.variables.set(variable, { ...entity, isNull: null });
    }
  }
  if (op.kind === "compare" && (op.left.type === "int" || op.left.type === "u64")) {
    const comparison = outcome ? op.operator : NEGATED[op.operator];
    refineVariables(l, edge, op.left, comparison, op.right, at);
    refineVariables(l, edge, op.right, MIRRORED[comparison], op.left, at);
  }
}

function refineVariables(l: Lowering, edge: Edge, value: Value, comparison: Comparison, other: Value, at: Span): void {
  if (constantOf(value) !== null) return;
  const compared = beneath(value);
  const refined = new Map<Value, Value>();
  for (const [variable, entity] of edge.env.variables) {
    if ((entity.kind !== "int" && entity.kind !== "u64") || beneath(entity.value) !== compared) continue;
    let narrowed = refined.get(entity.value);
    if (narrowed === undefined) {
      narrowed = append(
        l.fn,
        edge.block,
        { kind: "refine", value: entity.value, comparison, other },
        entity.value.type,
        at,
      );
      refined.set(entity.value, narrowed);
    }
    edge.env.variables.set(variable, { kind: entity.kind, value: narrowed });
  }
}

/** The value under the checks and facts that were put on it. */
function beneath(value: Value): Value {
  let current = value;
  while (current.op.kind === "refine" || current.op.kind === "fit") current = current.op.value;
  return current;
}
