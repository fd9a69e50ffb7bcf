/**
 * Joins: where several open ends of control flow meet, one environment goes on.
 *
 * A mutable variable that differs gets a phi. A constant that differs does so only in what conditions have taught about it, and
 * falls back to what it was when declared.
 */
import type { Block, IrFunction, Range, Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import { append, newBlock, terminate } from "./builder.ts";
import { variableBounds } from "./declared-type.ts";
import { type Entity, isScalar, type RefEntity } from "./entity.ts";
import type { Edge, Environment, PacketBounds, Variable } from "./environment.ts";
import { mergeRegions, type Region } from "./region.ts";

export function joinEdges(fn: IrFunction, edges: readonly Edge[], at: Span): Edge | null {
  const [first, ...others] = edges;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const block = newBlock(fn);
  for (const edge of edges) terminate(edge.block, { kind: "jump", target: block, at });
  block.cold = edges.every((edge) => edge.block.cold);
  return { block, env: mergeEnvironments(fn, block, edges, at) };
}

function mergeEnvironments(fn: IrFunction, block: Block, edges: readonly Edge[], at: Span): Environment {
  const variables = new Map<Variable, Entity>();
  const [first, ...others] = edges;
  if (first === undefined) throw new Error("a join of nothing");
  for (const [variable, entity] of first.env.variables) {
    const entities = [entity];
    for (const other of others) {
      const theirs = other.env.variables.get(variable);
      if (theirs !== undefined) entities.push(theirs);
    }
    if (entities.length === edges.length) variables.set(variable, mergeVariable(fn, block, variable, entities, at));
  }
  const packets = edges.map((edge) => edge.env.packet);
  const agreed = packets.every((packet) => packet?.data === packets[0]?.data);
  const known = packets.find((packet) => packet !== null) ?? null;
  return { variables, packet: agreed || known === null ? known : reloadBounds(fn, block, known, at) };
}

/** Loads the packet's bounds again where no earlier load holds on every way. Unused loads vanish. */
export function reloadBounds(fn: IrFunction, block: Block, { data, end }: PacketBounds, at: Span): PacketBounds {
  const again = ({ op, type }: Value): Value => append(fn, block, { ...op }, type, at);
  return { data: again(data), end: again(end) };
}

function mergeVariable(
  fn: IrFunction,
  block: Block,
  variable: Variable,
  entities: readonly Entity[],
  at: Span,
): Entity {
  const [first] = entities;
  if (first === undefined) throw new Error("a variable without an entity");
  if (entities.every((entity) => entity === first)) return first;
  if (!variable.mutable) return variable.original;
  return mergeEntities(fn, block, entities, variableBounds(variable), at);
}

/** One entity for several of the same kind: a phi where they differ. The caller has made nullable references plain pointers. */
export function mergeEntities(
  fn: IrFunction,
  block: Block,
  entities: readonly Entity[],
  bounds: Range | null,
  at: Span,
): Entity {
  const [first] = entities;
  if (first === undefined) throw new Error("a join of nothing");
  if (isScalar(first)) {
    const values = entities.map((entity) => {
      if (entity.kind !== first.kind) throw new Error(`a join of ${first.kind} and ${entity.kind}`);
      return entity.value;
    });
    return { kind: first.kind, value: mergeValues(fn, block, values, bounds, at) };
  }
  const refs = entities.filter((entity): entity is RefEntity => entity.kind === "ref");
  const [ref] = refs;
  if (ref === undefined) return first;
  return mergeReferences(fn, block, refs, entities.length, at);
}

function mergeReferences(fn: IrFunction, block: Block, refs: readonly RefEntity[], count: number, at: Span): Entity {
  const [first, ...others] = refs;
  if (first === undefined || refs.length !== count) throw new Error("a join of a reference and something else");
  const same = others.every((ref) => ref.base === first.base && ref.offset === first.offset);
  const nullable = refs.some((ref) => ref.isNull !== null);
  const region = others.reduce<Region>((merged, ref) => mergeRegions(merged, ref.region), first.region);
  if (same) return { ...first, region, isNull: refs.find((ref) => ref.isNull !== null)?.isNull ?? null };
  const base = mergeValues(
    fn,
    block,
    refs.map((ref) => ref.base),
    null,
    at,
  );
  const isNull = nullable
    ? append(fn, block, { kind: "compare", operator: "==", left: base, right: nullPointer(fn, block, at) }, "bool", at)
    : null;
  return { ...first, base, offset: 0, region, isNull };
}

export function nullPointer(fn: IrFunction, block: Block, at: Span): Value {
  return append(fn, block, { kind: "const", value: 0n }, "pointer", at);
}

function mergeValues(fn: IrFunction, block: Block, values: readonly Value[], bounds: Range | null, at: Span): Value {
  const [first] = values;
  if (first === undefined) throw new Error("a join of nothing");
  if (values.every((value) => value === first)) return first;
  const shared = commonFact(values);
  if (shared !== null) return shared;
  return append(fn, block, { kind: "phi", inputs: [...values], bounds }, first.type, at);
}

/** The value with all that is known of it on every way, if it is one value under different facts. */
function commonFact(values: readonly Value[]): Value | null {
  const [first, ...others] = values.map(factsOf);
  return first?.find((value) => others.every((facts) => facts.includes(value))) ?? null;
}

/** A value under each of the facts put on it, the most refined first. */
function factsOf(value: Value): readonly Value[] {
  const facts = [value];
  for (let current = value; current.op.kind === "refine"; ) {
    current = current.op.value;
    facts.push(current);
  }
  return facts;
}
