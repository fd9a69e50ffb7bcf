/**
 * Values as tests and tools write them: plain objects, turned into the bytes of a layout.
 */
import type { IntegerKind } from "../language/integer.ts";
import { type Kind, sizeOf, type VectorKind } from "../language/kind.ts";
import type { AnyLayout, Order } from "../language/layout.ts";
import { Memory } from "../language/memory.ts";
import type { AnyRef, KeyKind, Ref, ValueOf } from "../language/reference.ts";

/** A key or value: an integer, a reference, or an object with the fields that are not zero. */
export type Given<K extends KeyKind> = K extends AnyLayout ? Ref<K> | GivenFields<K["declared"]> : ValueOf<K>;

export type GivenFields<Declared> = { readonly [Name in keyof Declared]?: GivenField<Declared[Name]> };

/** Vectors may be written as arrays: `[10, 0, 0, 1]`. */
type GivenField<K> = K extends IntegerKind
  ? ValueOf<K>
  : K extends VectorKind<infer Element>
    ? ValueOf<K> | ArrayLike<GivenField<Element>>
    : K extends AnyLayout
      ? Ref<K> | GivenFields<K["declared"]>
      : never;

/** A reference to a given value: the given one, or to bytes of its own. */
export function given(layout: AnyLayout, value: unknown): AnyRef {
  if (isReference(value)) return value;
  const memory = Memory.zeroed((layout.size + 7) & ~7);
  if (layout.scalar === null) writeFields(layout, memory, 0, value);
  else write(layout.scalar, "host", memory, 0, value, "value");
  return layout.reference(memory, 0);
}

/** References and vectors lie in memory already. */
type Placed = Pick<AnyRef, "$memory" | "$at">;

function isPlaced(value: unknown): value is Placed {
  return typeof value === "object" && value !== null && "$memory" in value;
}

function isReference(value: unknown): value is AnyRef {
  return isPlaced(value) && "$layout" in value;
}

function writeFields(layout: AnyLayout, memory: Memory, at: number, value: unknown): void {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(
      `Cannot make a value of ${String(value)}: the layout has fields. Give an object or a reference.`,
    );
  }
  for (const [name, member] of Object.entries(value)) {
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      const names = layout.fields.map((candidate) => candidate.name).join(", ");
      throw new Error(`Cannot set field ${name}: the layout has only ${names}. Correct the name.`);
    }
    if (member !== undefined) write(field.kind, layout.order, memory, at + field.offset, member, name);
  }
}

function write(kind: Kind, order: Order, memory: Memory, at: number, value: unknown, name: string): void {
  switch (kind.kind) {
    case "int":
      writeInteger(kind, order, memory, at, value, name);
      return;
    case "vector":
      writeElements(kind.element, kind.length, order, memory, at, value, name);
      return;
    case "struct":
      if (isReference(value)) copyOf(value, kind.layout.size, memory, at);
      else writeFields(kind.layout, memory, at, value);
  }
}

function writeElements(
  element: Kind,
  length: number,
  order: Order,
  memory: Memory,
  at: number,
  value: unknown,
  name: string,
): void {
  if (typeof value !== "object" || value === null || !("length" in value) || value.length !== length) {
    throw new TypeError(`Cannot set ${name}: it has ${length} elements. Give an array of that length.`);
  }
  if (isPlaced(value)) {
    copyOf(value, sizeOf(element) * length, memory, at);
    return;
  }
  const elements = value as ArrayLike<unknown>;
  for (let index = 0; index < length; index++) {
    write(element, order, memory, at + index * sizeOf(element), elements[index], name);
  }
}

function copyOf(from: Placed, size: number, memory: Memory, at: number): void {
  memory.bytes.set(from.$memory.bytes.subarray(from.$at, from.$at + size), at);
}

function writeInteger(kind: IntegerKind, order: Order, memory: Memory, at: number, value: unknown, name: string): void {
  const isExact = kind.bits === 64 ? typeof value === "bigint" : Number.isSafeInteger(value);
  if (!isExact || (typeof value !== "bigint" && typeof value !== "number")) {
    throw new TypeError(
      `Cannot set ${name} to ${String(value)}: it holds a ${kind.bits === 64 ? "bigint" : "whole number"}. Convert it first.`,
    );
  }
  const little = kind.raw || order === "host";
  const bits = BigInt.asUintN(kind.bits, BigInt(value));
  const bytes = kind.bits / 8;
  for (let index = 0; index < bytes; index++) {
    const byte = Number((bits >> BigInt(8 * (little ? index : bytes - 1 - index))) & 0xffn);
    memory.view.setUint8(at + index, byte);
  }
}
