/**
 * Loops: the head of a loop merges what came in with what the last round left.
 */
import { refuse } from "../diagnostic.ts";
import type { Block, Value } from "../ir/ir.ts";
import type { Span, StatementOf } from "../tree.ts";
import { assignedNames, mayMovePacket } from "./assigned.ts";
import { append, newBlock, terminate } from "./builder.ts";
import { lowerCondition } from "./condition.ts";
import { variableBounds } from "./declared-type.ts";
import { type Entity, isScalar } from "./entity.ts";
import {
  copyEnvironment,
  type Edge,
  type Environment,
  forgetNewer,
  type PacketBounds,
  type Variable,
} from "./environment.ts";
import { nullPointer, reloadBounds } from "./join.ts";
import type { JumpScope, Lowering } from "./lowering.ts";
import { lowerStatements } from "./statement.ts";

/** A variable that changes in the loop, and the phi that stands for it at the head. */
interface Carried {
  readonly variable: Variable;
  readonly entity: Entity;
  readonly phi: Value;
}

export function lowerFor(l: Lowering, loop: StatementOf<"for">): void {
  l.scoped(() => {
    lowerStatements(l, loop.init);
    if (l.cursor !== null) lowerRounds(l, loop);
  });
}

function lowerRounds(l: Lowering, loop: StatementOf<"for">): void {
  const { at, test } = loop;
  const head = newBlock(l.fn);
  const env = copyEnvironment(l.jumpTo(head, at));
  const moves = mayMovePacket([loop], l.frame.scope);
  if (moves && env.packet !== null) env.packet = reloadBounds(l.fn, head, env.packet, at);
  const carried = carryVariables(l, loop, head, env);
  l.cursor = { block: head, env };
  const outcomes = test === null ? { whenTrue: [l.here], whenFalse: [] } : lowerCondition(l, test);
  l.join(outcomes.whenTrue, at);
  const scope: JumpScope = { breaks: [], continues: [], variables: new Set(env.variables.keys()) };
  if (l.cursor !== null) lowerBody(l, loop, scope);
  if (l.cursor !== null) closeRound(l, head, moves ? null : env.packet, carried, at);
  l.join([...outcomes.whenFalse, ...scope.breaks], at);
}

function lowerBody(l: Lowering, loop: StatementOf<"for">, scope: JumpScope): void {
  l.frame.jumps.push(scope);
  l.scoped(() => lowerStatements(l, loop.body));
  l.frame.jumps.pop();
  const ends: Edge[] = [...(scope.continues ?? [])];
  if (l.cursor !== null) {
    forgetNewer(l.cursor.env, scope.variables);
    ends.push(l.cursor);
  }
  l.join(ends, loop.at);
  if (l.cursor !== null) lowerStatements(l, loop.update);
}

function carryVariables(l: Lowering, loop: StatementOf<"for">, head: Block, env: Environment): readonly Carried[] {
  const carried: Carried[] = [];
  for (const name of assignedNames([{ ...loop, init: [] }])) {
    const variable = l.findVariable(name);
    const entity = variable === null ? undefined : env.variables.get(variable);
    if (variable === null || entity === undefined) continue;
    const first = isScalar(entity) ? entity.value : entity.kind === "ref" ? entity.base : null;
    if (first === null) continue;
    const phi = append(
      l.fn,
      head,
      { kind: "phi", inputs: [first], bounds: variableBounds(variable) },
      first.type,
      loop.at,
    );
    const there = atHead(l, head, entity, variable, phi, loop.at);
    env.variables.set(variable, there);
    carried.push({ variable, entity: there, phi });
  }
  return carried;
}

function atHead(l: Lowering, head: Block, entity: Entity, variable: Variable, phi: Value, at: Span): Entity {
  if (isScalar(entity)) return { kind: entity.kind, value: phi };
  if (entity.kind !== "ref") return entity;
  const nullable = entity.isNull !== null || (variable.type?.kind === "ref" && variable.type.nullable);
  const isNull = nullable
    ? append(l.fn, head, { kind: "compare", operator: "==", left: phi, right: nullPointer(l.fn, head, at) }, "bool", at)
    : null;
  return { ...entity, base: phi, isNull };
}

/** @param packet the bounds that hold in every round; `null` when the packet may move in one */
function closeRound(
  l: Lowering,
  head: Block,
  packet: PacketBounds | null,
  carried: readonly Carried[],
  at: Span,
): void {
  for (const { variable, entity, phi } of carried) {
    const last = l.read(variable, at);
    if (phi.op.kind !== "phi") throw new Error("a carried variable without a phi");
    if (isScalar(last)) phi.op.inputs.push(last.value);
    else if (last.kind === "ref" && entity.kind === "ref") {
      checkCarriedReference(variable, entity, last, at);
      phi.op.inputs.push(last.base);
    }
  }
  if (packet !== null && l.env.packet?.data !== packet.data)
    throw new Error("the packet moved in a loop that was said not to move it");
  terminate(l.here.block, { kind: "jump", target: head, at });
  l.cursor = null;
}

function checkCarriedReference(
  variable: Variable,
  head: Extract<Entity, { kind: "ref" }>,
  last: Extract<Entity, { kind: "ref" }>,
  at: Span,
): void {
  if (last.isNull !== null && head.isNull === null) {
    refuse("E402", at, `"${variable.name}" may be null in the next round`, "declare it as Ref<typeof Layout> | null");
  }
  if (last.base === head.base) return;
  if (last.region.place === "stack") {
    refuse(
      "E410",
      at,
      `"${variable.name}" takes an instance on the stack into the next round`,
      "make the instance before the loop",
    );
  }
  if (last.region.generation !== head.region.generation || last.region.shared !== head.region.shared) {
    refuse(
      "E410",
      at,
      `"${variable.name}" refers to other memory in the next round`,
      "use one variable for each kind of memory",
    );
  }
}
