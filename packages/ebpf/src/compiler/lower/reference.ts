/**
 * References as values: tests against null, and the plain pointers that joins need.
 *
 * `ctx.at` gives a pointer and a separate "out of bounds" condition, so that the usual test compiles to one comparison. Where such a
 * reference has to survive a join, it becomes a pointer that is 0 when null.
 */
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { LanguageType } from "../resolve/program.ts";
import type { Span } from "../tree.ts";
import { compareValues } from "./comparison.ts";
import { describe, type Entity, isScalar, type RefEntity } from "./entity.ts";
import type { Edge } from "./environment.ts";
import { joinEdges, mergeEntities, nullPointer } from "./join.ts";
import type { Lowering } from "./lowering.ts";
import { alignmentAt, NULL_REGION } from "./region.ts";

/** A bool: the reference or inner map is null. */
export function isNull(l: Lowering, entity: Entity, at: Span): Value {
  switch (entity.kind) {
    case "null":
      return l.constant(true, "bool", at);
    case "ref":
    case "map":
      return entity.isNull ?? l.constant(false, "bool", at);
    default:
      return refuse(
        "E310",
        at,
        `${describe(entity)} is compared with null`,
        "only references and inner maps can be null",
      );
  }
}

/** A pointer from a helper, null where it is 0. */
export function nullTest(l: Lowering, pointer: Value, at: Span): Value {
  return compareValues(l, "==", pointer, nullPointer(l.fn, l.here.block, at), at);
}

/** What a variable may hold: joins can merge scalars and pointers, and nothing else. */
export function asVariable(l: Lowering, entity: Entity, type: LanguageType | null, name: string, at: Span): Entity {
  const plain = materialise(l, entity, type?.kind === "ref" ? type : null, at);
  if (isScalar(plain) || plain.kind === "ref") return plain;
  const write = "declare it with const: variables hold numbers, u64s, booleans and references";
  return refuse("E310", at, `"${name}" is a variable and would hold ${describe(plain)}`, write);
}

/** Makes a reference a plain pointer that is 0 when null; other entities stay as they are. */
export function materialise(l: Lowering, entity: Entity, like: RefEntity | LanguageType | null, at: Span): Entity {
  if (entity.kind === "null") return nullReference(l, like, at);
  if (entity.kind !== "ref") return entity;
  if (entity.isNull === null || isNaturalNull(entity)) {
    return entity.offset === 0 ? entity : atBase(l, entity, at);
  }
  const { whenTrue, whenFalse } = l.branch(entity.isNull, at);
  const pointers: { edge: Edge; entity: Entity }[] = [];
  if (whenFalse !== null) {
    l.cursor = whenFalse;
    pointers.push({ edge: l.here, entity: { ...atBase(l, entity, at), isNull: null } });
  }
  if (whenTrue !== null) {
    whenTrue.block.cold = true;
    l.cursor = whenTrue;
    const base = nullPointer(l.fn, l.here.block, at);
    pointers.push({ edge: l.here, entity: { ...entity, base, offset: 0, isNull: l.constant(true, "bool", at) } });
  }
  return mergeResults(l, pointers, at);
}

/** The same reference with its distance added to the pointer, which is then aligned as far as the distance is. */
function atBase(l: Lowering, entity: RefEntity, at: Span): RefEntity {
  const { base, offset, region } = entity;
  return {
    ...entity,
    base: l.offset(base, offset, at),
    offset: 0,
    region: { ...region, align: alignmentAt(region.align, offset) },
  };
}

/** True when the pointer itself is 0 exactly when the reference is null. */
function isNaturalNull(ref: RefEntity): boolean {
  const op = ref.isNull?.op;
  if (op?.kind === "const") return op.value === 0n || (ref.base.op.kind === "const" && ref.base.op.value === 0n);
  return (
    op?.kind === "compare" &&
    op.operator === "==" &&
    op.left === ref.base &&
    op.right.op.kind === "const" &&
    ref.offset === 0
  );
}

/** Null as a reference of a type. */
export function nullReference(l: Lowering, like: RefEntity | LanguageType | null, at: Span): Entity {
  if (like?.kind !== "ref") {
    return refuse("E310", at, "null without a type", "write the type: let x: Ref<typeof Layout> | null = null");
  }
  return {
    kind: "ref",
    layout: like.layout,
    base: nullPointer(l.fn, l.here.block, at),
    offset: 0,
    region: NULL_REGION,
    isNull: l.constant(true, "bool", at),
  };
}

/** Brings together what several ways of control flow computed; the cursor goes on behind them. */
export function mergeResults(
  l: Lowering,
  results: readonly { readonly edge: Edge; readonly entity: Entity }[],
  at: Span,
): Entity {
  const [only, ...others] = results;
  if (only === undefined) {
    l.cursor = null;
    return { kind: "void" };
  }
  if (others.length === 0) {
    l.cursor = only.edge;
    return only.entity;
  }
  const like = results.find((result) => result.entity.kind === "ref")?.entity;
  const plain = results.map(({ edge, entity }) => {
    l.cursor = edge;
    const pointer = like === undefined ? entity : materialise(l, entity, like.kind === "ref" ? like : null, at);
    return { edge: l.here, entity: pointer };
  });
  sameKind(plain, at);
  l.cursor = joinEdges(
    l.fn,
    plain.map((result) => result.edge),
    at,
  );
  return mergeEntities(
    l.fn,
    l.here.block,
    plain.map((result) => result.entity),
    null,
    at,
  );
}

function sameKind(results: readonly { readonly entity: Entity }[], at: Span): void {
  const [first, ...others] = results.map((result) => result.entity);
  for (const other of others) {
    if (first !== undefined && other.kind !== first.kind) {
      refuse("E307", at, `${describe(first)} on one way and ${describe(other)} on another`, "give both ways one type");
    }
    if (first?.kind === "ref" && other.kind === "ref" && first.layout !== other.layout) {
      refuse("E409", at, "references to two layouts meet", "give both ways one layout");
    }
    if (first !== undefined && !["int", "u64", "bool", "ref", "void"].includes(first.kind) && first !== other) {
      refuse(
        "E310",
        at,
        `${describe(first)} cannot be chosen at run time`,
        "choose between numbers, booleans or references",
      );
    }
  }
}
