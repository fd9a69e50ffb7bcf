/**
 * Loops: the head of a loop merges what came in with what the last round left.
 */
import { refuse } from "../diagnostic.ts";
import type { Block, Value } from "../ir/ir.ts";
import type { Span, StatementOf } from "../tree.ts";
import { assignedNames, mayMovePacket } from "./assigned.ts";
import { append, newBlock } from "./builder.ts";
import { lowerCondition } from "./condition.ts";
import { variableBounds } from "./declared-type.ts";
import { type Entity, isScalar, type RefEntity } from "./entity.ts";
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
import { mergeRegions, type Region, sameRegion } from "./region.ts";
import { lowerStatements } from "./statement.ts";

/** A variable that changes in the loop, and the phi that stands for it at the head. */
interface Carried {
  readonly variable: Variable;
  readonly entity: Entity;
  readonly phi: Value;
}

/** The memory that references carried through the loop lead to, as far as it is known. */
type CarriedRegions = Map<Variable, Region>;

export function lowerFor(l: Lowering, loop: StatementOf<"for">): void {
  l.scoped(() => {
    lowerStatements(l, loop.init);
    if (l.cursor !== null) lowerUntilStable(l, loop);
  });
}

/**
 * Lowers the loop, and again from the beginning for as long as a round leaves a reference to other memory than was assumed at the head:
 * what may be done with a reference depends on where it leads. Regions only grow, so a few times are enough.
 */
function lowerUntilStable(l: Lowering, loop: StatementOf<"for">): void {
  const regions: CarriedRegions = new Map();
  const start = { block: l.here.block, env: copyEnvironment(l.env) };
  const { fn, frame } = l;
  const before = {
    blocks: fn.blocks.length,
    slots: fn.slots.length,
    values: fn.nextValue,
    block: fn.nextBlock,
    returns: frame.returns.length,
  };
  while (!lowerRounds(l, loop, regions)) {
    fn.blocks.length = before.blocks;
    fn.slots.length = before.slots;
    fn.nextValue = before.values;
    fn.nextBlock = before.block;
    frame.returns.length = before.returns;
    start.block.end = null;
    l.cursor = { block: start.block, env: copyEnvironment(start.env) };
  }
}

/** False when a round has left a reference to other memory than `regions` said; then `regions` says so. */
function lowerRounds(l: Lowering, loop: StatementOf<"for">, regions: CarriedRegions): boolean {
  const { at, test } = loop;
  const head = newBlock(l.fn);
  const firstSlot = l.fn.slots.length;
  const env = copyEnvironment(l.jumpTo(head, at));
  const moves = mayMovePacket([loop], l.frame.scope);
  if (moves && env.packet !== null) env.packet = reloadBounds(l.fn, head, env.packet, at);
  const carried = carryVariables(l, loop, head, env, regions);
  l.cursor = { block: head, env };
  const outcomes = test === null ? { whenTrue: [l.here], whenFalse: [] } : lowerCondition(l, test);
  l.join(outcomes.whenTrue, at);
  const scope: JumpScope = { breaks: [], continues: [], variables: new Set(env.variables.keys()) };
  if (l.cursor !== null) lowerBody(l, loop, scope);
  const isStable = l.cursor === null || closeRound(l, head, carried, regions, firstSlot, at);
  if (l.cursor !== null) {
    if (!moves) checkPacketStayed(l, env.packet);
    l.jumpTo(head, at);
  }
  l.join([...outcomes.whenFalse, ...scope.breaks], at);
  return isStable;
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

function carryVariables(
  l: Lowering,
  loop: StatementOf<"for">,
  head: Block,
  env: Environment,
  regions: CarriedRegions,
): readonly Carried[] {
  const carried: Carried[] = [];
  for (const name of assignedNames([{ ...loop, init: [] }])) {
    const variable = l.findVariable(name);
    const entity = variable === null ? undefined : env.variables.get(variable);
    if (variable === null || entity === undefined || !(isScalar(entity) || entity.kind === "ref")) continue;
    const first = isScalar(entity) ? entity.value : entity.base;
    const phi = append(
      l.fn,
      head,
      { kind: "phi", inputs: [first], bounds: variableBounds(variable) },
      first.type,
      loop.at,
    );
    const there = isScalar(entity)
      ? { kind: entity.kind, value: phi }
      : referenceAtHead(l, head, entity, variable, phi, regions, loop.at);
    env.variables.set(variable, there);
    carried.push({ variable, entity: there, phi });
  }
  return carried;
}

function referenceAtHead(
  l: Lowering,
  head: Block,
  entity: RefEntity,
  variable: Variable,
  phi: Value,
  regions: CarriedRegions,
  at: Span,
): RefEntity {
  const nullable = entity.isNull !== null || (variable.type?.kind === "ref" && variable.type.nullable);
  const isNull = nullable
    ? append(l.fn, head, { kind: "compare", operator: "==", left: phi, right: nullPointer(l.fn, head, at) }, "bool", at)
    : null;
  return { ...entity, base: phi, isNull, region: regions.get(variable) ?? entity.region };
}

/** Completes the phis at the head. False when a reference leads to other memory than the head has assumed. */
function closeRound(
  l: Lowering,
  head: Block,
  carried: readonly Carried[],
  regions: CarriedRegions,
  firstSlot: number,
  at: Span,
): boolean {
  let isStable = true;
  for (const { variable, entity, phi } of carried) {
    const last = l.read(variable, at);
    if (phi.op.kind !== "phi") throw new Error(`the phi of ${variable.name} in block ${head.id} has changed`);
    if (isScalar(last)) phi.op.inputs.push(last.value);
    if (last.kind !== "ref" || entity.kind !== "ref") continue;
    phi.op.inputs.push(last.base);
    checkCarried(variable, entity, last, firstSlot, at);
    const merged = mergeRegions(entity.region, last.region);
    if (sameRegion(merged, entity.region)) continue;
    regions.set(variable, merged);
    isStable = false;
  }
  return isStable;
}

function checkCarried({ name }: Variable, head: RefEntity, last: RefEntity, firstSlot: number, at: Span): void {
  if (last.isNull !== null && head.isNull === null)
    refuse("E402", at, `"${name}" may be null in the next round`, "declare it as Ref<typeof Layout> | null");
  if (last.region.newestSlot >= firstSlot) {
    const got = `"${name}" takes an instance on the stack into the next round`;
    refuse("E410", at, got, "make the instance before the loop");
  }
}

function checkPacketStayed(l: Lowering, packet: PacketBounds | null): void {
  if (l.env.packet?.data !== packet?.data) throw new Error("the packet moved in a loop that was said not to move it");
}
