/**
 * Fields of references: what stands in their place, reading and writing.
 */
import { type Kind, sizeOf } from "../../language/kind.ts";
import type { AnyLayout } from "../../language/layout.ts";
import { refuse } from "../diagnostic.ts";
import type { MemorySize } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import { constantOf } from "./builder.ts";
import { copyBytes } from "./bytes.ts";
import { describe, type Entity, type Place, type RefEntity } from "./entity.ts";
import { expectInt, expectU64 } from "./expect.ts";
import type { Lowering } from "./lowering.ts";
import { readsItself } from "./read-modify-write.ts";
import { isAligned, loadUnaligned, storeUnaligned } from "./unaligned.ts";

export interface FieldPlace extends Place {
  readonly name: string;
  readonly kind: Kind;
  /** True where reading and writing must reverse the bytes. */
  readonly swapped: boolean;
}

/** A reference that may be used: tested against null, and the packet has not moved since. */
export function usable(l: Lowering, ref: RefEntity, at: Span): RefEntity {
  if (ref.isNull !== null && constantOf(ref.isNull) !== 0n)
    return refuse("E402", at, "the reference may be null here", "test it first: if (x === null) return …");
  checkFresh(l, ref, at);
  return ref;
}

/** Refuses a place in a packet that may have moved since. */
export function checkFresh(l: Lowering, { region }: Place, at: Span): void {
  const { generation } = region;
  if (generation === null || generation === l.env.packet?.data) return;
  const got = "the reference is stale: the packet may have moved since it was taken";
  refuse("E403", at, got, "take it again with ctx.at(…) after the call that moved the packet");
}

/** The entity must be a reference that may be used. */
export function expectRef(l: Lowering, entity: Entity, subject: string, at: Span): RefEntity {
  if (entity.kind === "ref") return usable(l, entity, at);
  return refuse(
    "E409",
    at,
    `${subject} is ${describe(entity)}, not a reference`,
    "pass a reference: Layout.make({ … }), a lookup's result",
  );
}

export function expectLayout(l: Lowering, entity: Entity, layout: AnyLayout, subject: string, at: Span): RefEntity {
  const ref = expectRef(l, entity, subject, at);
  if (ref.layout === layout) return ref;
  return refuse("E409", at, `${subject} has another layout`, "both sides must be declared by the same struct(…)");
}

export function fieldOf(l: Lowering, ref: RefEntity, name: string, at: Span): FieldPlace {
  const place = usable(l, ref, at);
  const field = ref.layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    const names = ref.layout.fields.map((candidate) => candidate.name).join(", ");
    return refuse("E406", at, `the layout has no field "${name}"`, `one of: ${names}`);
  }
  const swapped = isSwapped(ref.layout, field.kind);
  return {
    name,
    kind: field.kind,
    swapped,
    base: place.base,
    offset: place.offset + field.offset,
    region: place.region,
  };
}

function isSwapped(layout: AnyLayout, kind: Kind): boolean {
  const element = kind.kind === "vector" ? kind.element : kind;
  return layout.order === "network" && element.kind === "int" && !element.raw && element.bits > 8;
}

/** What a field stands for when it is read: a number, or the place of an inner struct or vector. */
export function readField(l: Lowering, field: FieldPlace, at: Span): Entity {
  const { kind, base, offset, region } = field;
  switch (kind.kind) {
    case "int":
      return loadInt(l, field, kind.bits, kind.signed, field.swapped, at);
    case "vector":
      return {
        kind: "vector",
        element: kind.element,
        length: kind.length,
        swapped: field.swapped,
        base,
        offset,
        region,
      };
    case "struct":
      return { kind: "ref", layout: kind.layout, base, offset, region, isNull: null };
  }
}

export function loadInt(l: Lowering, place: Place, bits: number, signed: boolean, swap: boolean, at: Span): Entity {
  const size = (bits / 8) as MemorySize;
  const type = size === 8 ? "u64" : "int";
  if (!isAligned(place, 0, size)) return { kind: type, value: loadUnaligned(l, place, size, signed, swap, at) };
  const value = l.emit({ kind: "load", base: place.base, offset: place.offset, size, signed, swap }, type, at);
  return { kind: type, value };
}

export function writeField(l: Lowering, field: FieldPlace, entity: Entity, at: Span): void {
  switch (field.kind.kind) {
    case "int":
      storeInt(l, field, field.kind.bits, field.swapped, entity, at);
      return;
    case "vector": {
      if (
        entity.kind !== "vector" ||
        entity.length !== field.kind.length ||
        sizeOf(entity.element) !== sizeOf(field.kind.element)
      ) {
        refuse(
          "E409",
          at,
          `"${field.name}" takes a vector of its own shape, got ${describe(entity)}`,
          "assign a vector field of the same kind and length",
        );
      }
      checkFresh(l, entity, at);
      copyBytes(l, field, entity, sizeOf(field.kind), at);
      return;
    }
    case "struct": {
      const from = expectLayout(l, entity, field.kind.layout, `what is assigned to "${field.name}"`, at);
      copyBytes(l, field, from, field.kind.layout.size, at);
      return;
    }
  }
}

export function storeInt(
  l: Lowering,
  place: Place & { readonly name: string },
  bits: number,
  swap: boolean,
  entity: Entity,
  at: Span,
): void {
  const size = (bits / 8) as MemorySize;
  const value = size === 8 ? expectU64(entity, `"${place.name}"`, at) : expectInt(entity, `"${place.name}"`, at);
  if (place.region.shared && readsItself(value, place, size)) {
    refuse(
      "E404",
      at,
      `"${place.name}" is read, changed and written back while other CPUs may do the same: updates get lost`,
      'use atomicAdd(ref, "field", v) or another atomic, or keep the value in a per-CPU map',
    );
  }
  if (isAligned(place, 0, size))
    l.emit({ kind: "store", base: place.base, offset: place.offset, size, swap, value }, "none", at);
  else storeUnaligned(l, place, size, swap, value, at);
}
