/**
 * Fields: reading, writing, copying and comparing memory behind references.
 */
import type { Kind } from "../../language/kind.ts";
import type { AnyLayout } from "../../language/layout.ts";
import { refuse } from "../diagnostic.ts";
import type { MemorySize, Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import { arith } from "./arithmetic.ts";
import { constantOf } from "./builder.ts";
import { compareValues } from "./comparison.ts";
import { describe, type Entity, type Place, type RefEntity, type Region, type VectorEntity } from "./entity.ts";
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
  if (ref.isNull !== null && constantOf(ref.isNull) !== 0n) {
    return refuse("E402", at, "the reference may be null here", "test it first: if (x === null) return …");
  }
  const { generation } = ref.region;
  if (generation !== null && generation !== l.env.packet?.data) {
    return refuse(
      "E403",
      at,
      "the reference is stale: the packet may have moved since it was taken",
      "take it again with ctx.at(…) after the call that moved the packet",
    );
  }
  return ref;
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
        sizeOfKind(entity.element) !== sizeOfKind(field.kind.element)
      ) {
        refuse(
          "E409",
          at,
          `"${field.name}" takes a vector of its own shape, got ${describe(entity)}`,
          "assign a vector field of the same kind and length",
        );
      }
      copyBytes(l, field, entity, sizeOfKind(field.kind), at);
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

export function sizeOfKind(kind: Kind): number {
  switch (kind.kind) {
    case "int":
      return kind.bits / 8;
    case "vector":
      return sizeOfKind(kind.element) * kind.length;
    case "struct":
      return kind.layout.size;
  }
}

/** The widest access at a distance that keeps to the alignment the kernel demands of this memory. */
function widestAt(place: Place, distance: number, left: number): MemorySize {
  for (const size of [8, 4, 2] as const) {
    if (size <= left && isAligned(place, distance, size)) return size;
  }
  return 1;
}

/** Pieces that cover `length` bytes at both places. */
function* pieces(a: Place, b: Place, length: number): Generator<{ readonly at: number; readonly size: MemorySize }> {
  for (let at = 0; at < length; ) {
    const size = Math.min(widestAt(a, at, length - at), widestAt(b, at, length - at)) as MemorySize;
    yield { at, size };
    at += size;
  }
}

function loadPiece(l: Lowering, place: Place, distance: number, size: MemorySize, at: Span): Value {
  const type = size === 8 ? "u64" : "int";
  return l.emit(
    { kind: "load", base: place.base, offset: place.offset + distance, size, signed: false, swap: false },
    type,
    at,
  );
}

/** Reads a piece before it writes it, so overlapping places behave only if they are the same. */
export function copyBytes(l: Lowering, to: Place, from: Place, length: number, at: Span): void {
  for (const piece of pieces(to, from, length)) {
    const value = loadPiece(l, from, piece.at, piece.size, at);
    l.emit(
      { kind: "store", base: to.base, offset: to.offset + piece.at, size: piece.size, swap: false, value },
      "none",
      at,
    );
  }
}

/** A bool: all bytes agree. Differences are collected and tested once, which costs the verifier one branch instead of many. */
export function equalBytes(l: Lowering, a: Place, b: Place, length: number, at: Span): Value {
  let differences: Value | null = null;
  for (const piece of pieces(a, b, length)) {
    const left = widen(l, loadPiece(l, a, piece.at, piece.size, at), at);
    const right = widen(l, loadPiece(l, b, piece.at, piece.size, at), at);
    const difference = l.emit({ kind: "bits64", operator: "xor", left, right }, "u64", at);
    differences =
      differences === null
        ? difference
        : l.emit({ kind: "bits64", operator: "or", left: differences, right: difference }, "u64", at);
  }
  return differences === null ? l.constant(true, "bool", at) : compareValues(l, "==", differences, l.u64(0n, at), at);
}

function widen(l: Lowering, value: Value, at: Span): Value {
  return value.type === "u64" ? value : l.emit({ kind: "convert", value }, "u64", at);
}

/** Writes zeros; the places are aligned stack slots. */
export function zeroBytes(l: Lowering, place: Place, from: number, to: number, at: Span): void {
  for (let distance = from; distance < to; ) {
    const size = widestAt(place, distance, to - distance);
    const value = size === 8 ? l.u64(0n, at) : l.int(0, at);
    l.emit({ kind: "store", base: place.base, offset: place.offset + distance, size, swap: false, value }, "none", at);
    distance += size;
  }
}

/** The place of one element; a constant index costs nothing. */
export function elementPlace(
  l: Lowering,
  vector: VectorEntity,
  index: Value,
  at: Span,
): Place & { readonly name: string } {
  const size = sizeOfKind(vector.element);
  const name = "the element";
  const fitted = l.fit(
    index,
    {
      low: 0n,
      high: BigInt(vector.length - 1),
      rule: "E309",
      subject: "the index",
      write: `keep it within 0..${vector.length - 1}: test it or mask it`,
    },
    at,
  );
  const constant = constantOf(fitted);
  if (constant !== null)
    return { name, base: vector.base, offset: vector.offset + Number(constant) * size, region: vector.region };
  if (vector.region.place === "packet") {
    return refuse(
      "E407",
      at,
      "a packet is indexed by a variable: the verifier's proof does not cover that",
      "take a reference at the variable place: ctx.at(offset + i, Layout)",
    );
  }
  const distance = size === 1 ? fitted : arith(l, "mul", fitted, l.int(size, at), at);
  const base = l.emit({ kind: "offset", base: vector.base, amount: distance }, "pointer", at);
  const align = Math.min(vector.region.align === 0 ? 8 : vector.region.align, powerOfTwoIn(size)) as Region["align"];
  return { name, base, offset: vector.offset, region: { ...vector.region, align } };
}

function powerOfTwoIn(size: number): number {
  return Math.min(8, size & -size);
}
