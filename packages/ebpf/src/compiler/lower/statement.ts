/**
 * Statements: from the tree to blocks and environments.
 */
import { refuse } from "../diagnostic.ts";
import type { BinaryOperator, Expression, Span, Statement, StatementOf } from "../tree.ts";
import { binary } from "./arithmetic.ts";
import { compare } from "./comparison.ts";
import { branchOn, lowerCondition, type Outcomes } from "./condition.ts";
import { readContextField, writeContextField } from "./context.ts";
import { fitType } from "./declared-type.ts";
import { describe, type Entity } from "./entity.ts";
import { copyEnvironment, type Edge, forgetNewer } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { lowerFor } from "./loop.ts";
import type { JumpScope, Lowering } from "./lowering.ts";
import { type FieldPlace, fieldOf, readField, writeField } from "./memory.ts";
import { asVariable, materialise } from "./reference.ts";

export function lowerStatements(l: Lowering, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (l.cursor === null) return;
    lowerStatement(l, statement);
  }
}

function lowerStatement(l: Lowering, statement: Statement): void {
  switch (statement.kind) {
    case "declare":
      lowerDeclare(l, statement);
      return;
    case "assign":
      lowerAssign(l, statement);
      return;
    case "expression":
      lowerExpression(l, statement.expression);
      return;
    case "if":
      lowerIf(l, statement);
      return;
    case "for":
      lowerFor(l, statement);
      return;
    case "switch":
      lowerSwitch(l, statement);
      return;
    case "break":
    case "continue":
      lowerJump(l, statement);
      return;
    case "return":
      lowerReturn(l, statement);
      return;
    case "block":
      l.scoped(() => lowerStatements(l, statement.body));
      return;
  }
}

function lowerDeclare(l: Lowering, { name, mutable, type, value, at }: StatementOf<"declare">): void {
  const entity = lowerExpression(l, value);
  const declared = type === null ? null : l.frame.scope.resolveType(type);
  const fitted = fitType(l, entity, declared, name, value.at);
  if (fitted.kind === "void")
    refuse("E310", value.at, `"${name}" is given no value`, "the function on the right returns nothing");
  l.declare(name, mutable, declared, mutable ? asVariable(l, fitted, declared, name, at) : fitted);
}

function lowerAssign(l: Lowering, { target, operator, value, at }: StatementOf<"assign">): void {
  if (target.kind === "name") {
    const variable = l.findVariable(target.name);
    if (variable === null || !variable.mutable) {
      refuse("E411", target.at, `"${target.name}" cannot be assigned`, "declare it with let in this function");
    }
    const result = assignedValue(l, operator, () => l.read(variable, target.at), value, at);
    const fitted = fitType(l, result, variable.type, target.name, value.at);
    const present = l.read(variable, target.at);
    const like = variable.type ?? (present.kind === "ref" ? present : null);
    const plain = materialise(l, fitted, like, at);
    if (
      plain.kind !== present.kind ||
      (plain.kind === "ref" && present.kind === "ref" && plain.layout !== present.layout)
    ) {
      refuse(
        "E307",
        value.at,
        `"${target.name}" holds ${describe(present)}, got ${describe(plain)}`,
        "keep to one type for a variable",
      );
    }
    l.env.variables.set(variable, plain);
    return;
  }
  const object = lowerExpression(l, target.object);
  if (object.kind === "context") {
    const present = (): Entity => readContextField(l, object, target.property, target.at);
    writeContextField(l, object, target.property, assignedValue(l, operator, present, value, at), at);
    return;
  }
  if (object.kind !== "ref") {
    refuse("E411", target.at, `a property of ${describe(object)} cannot be assigned`, "assign fields of references");
  }
  const place = (): FieldPlace => fieldOf(l, object, target.property, target.at);
  const result = assignedValue(l, operator, () => readField(l, place(), target.at), value, at);
  writeField(l, place(), result, at);
}

/** The right side, or with `op=` the result of the operator on what stands on the left. */
function assignedValue(
  l: Lowering,
  operator: BinaryOperator | null,
  present: () => Entity,
  value: Expression,
  at: Span,
): Entity {
  if (operator === null) return lowerExpression(l, value);
  const left = present();
  // `x++` arrives as `x += 1`, also where x is a u64.
  const isStep = left.kind === "u64" && value.kind === "integer" && value.value === 1;
  const right: Entity = isStep ? { kind: "u64", value: l.u64(1n, value.at) } : lowerExpression(l, value);
  return binary(l, operator, left, right, at);
}

function lowerIf(l: Lowering, { test, whenTrue, whenFalse, at }: StatementOf<"if">): void {
  const outcomes = lowerCondition(l, test);
  const ends: Edge[] = [];
  for (const [edges, body] of [
    [outcomes.whenTrue, whenTrue],
    [outcomes.whenFalse, whenFalse],
  ] as const) {
    l.join(edges, at);
    if (l.cursor === null) continue;
    l.scoped(() => lowerStatements(l, body));
    if (l.cursor !== null) ends.push(l.cursor);
  }
  l.join(ends, at);
}

function lowerSwitch(l: Lowering, { subject, cases, at }: StatementOf<"switch">): void {
  const value = lowerExpression(l, subject);
  const scope: JumpScope = { breaks: [], continues: null, variables: new Set(l.env.variables.keys()) };
  const bodies: { readonly edges: Edge[]; readonly body: readonly Statement[] }[] = [];
  let otherwise: readonly Statement[] = [];
  const fallback: Edge[] = [];
  for (const branch of cases) {
    const edges: Edge[] = [];
    for (const test of branch.tests) {
      if (l.cursor === null) break;
      const outcomes = matchCase(l, value, test);
      edges.push(...outcomes.whenTrue);
      l.join(outcomes.whenFalse, test.at);
    }
    if (branch.isDefault) {
      otherwise = branch.body;
      fallback.push(...edges);
    } else bodies.push({ edges, body: branch.body });
  }
  if (l.cursor !== null) fallback.push(l.cursor);
  bodies.push({ edges: fallback, body: otherwise });
  l.frame.jumps.push(scope);
  const ends: Edge[] = [];
  for (const { edges, body } of bodies) {
    l.join(edges, at);
    if (l.cursor === null) continue;
    l.scoped(() => lowerStatements(l, body));
    if (l.cursor !== null) ends.push(l.cursor);
  }
  l.frame.jumps.pop();
  l.join([...ends, ...scope.breaks], at);
}

function matchCase(l: Lowering, subject: Entity, test: Expression): Outcomes {
  return branchOn(l, compare(l, "===", subject, lowerExpression(l, test), test.at), test.at);
}

function lowerJump(l: Lowering, { kind }: StatementOf<"break"> | StatementOf<"continue">): void {
  const scopes = l.frame.jumps;
  const scope = kind === "break" ? scopes.at(-1) : scopes.findLast((candidate) => candidate.continues !== null);
  if (scope === undefined) throw new Error(`a ${kind} outside of a loop is no TypeScript`);
  const edge = { block: l.here.block, env: copyEnvironment(l.env) };
  forgetNewer(edge.env, scope.variables);
  (kind === "break" ? scope.breaks : scope.continues)?.push(edge);
  l.cursor = null;
}

function lowerReturn(l: Lowering, { value, at }: StatementOf<"return">): void {
  const entity: Entity = value === null ? { kind: "void" } : lowerExpression(l, value);
  const subject = `the result of ${l.frame.tree.name}`;
  const fitted = fitType(l, entity, l.frame.result, subject, value?.at ?? at);
  l.frame.returns.push({ edge: l.here, entity: fitted });
  l.cursor = null;
}
