/**
 * Field kinds: how they are declared, how large they are, how they are written. They are plain tagged data, so that the
 * compiler, the twin, BTF and documentation read one and the same declaration.
 */
import { u8 } from "./integer.ts";
import type { FieldKind, Kind, VectorKind } from "./shape.ts";

export type { ElementsKind, FieldKind, Kind, StructKind, VectorKind } from "./shape.ts";

/** `length` bytes: a MAC address is `bytes(6)`. */
export function bytes<const Length extends number>(length: Length): VectorKind<typeof u8, Length> {
  return vector(u8, length);
}

/** `length` elements of one kind; programs call it as `array`. */
export function vector<Element extends FieldKind, const Length extends number>(
  element: Element,
  length: Length,
): VectorKind<Element, Length> {
  if (!Number.isInteger(length) || length < 1 || length > 65535) {
    throw new RangeError(
      `Cannot declare a vector of ${length} elements: the length is an integer from 1 to 65535. Give the number of elements.`,
    );
  }
  return { kind: "vector", element, length };
}

/** Gives a declared kind its tag: a layout becomes `{ kind: "struct", layout }`. */
export function listedKind(declared: FieldKind): Kind {
  if (!("kind" in declared)) return { kind: "struct", layout: declared };
  if (declared.kind === "int") return declared;
  return { kind: "vector", element: listedKind(declared.element), length: declared.length };
}

/** Bytes that a value of this kind takes. */
export function sizeOf(kind: Kind): number {
  switch (kind.kind) {
    case "int":
      return kind.bits / 8;
    case "vector":
      return sizeOf(kind.element) * kind.length;
    case "struct":
      return kind.layout.size;
  }
}

/** Natural alignment in bytes inside a host-order layout: of the widest integer that is found within. */
export function alignmentOf(kind: Kind): number {
  switch (kind.kind) {
    case "int":
      return kind.bits / 8;
    case "vector":
      return alignmentOf(kind.element);
    case "struct":
      return kind.layout.alignment;
  }
}

/** The kind as it is written: `u32`, `bytes(6)`, `array(raw32, 4)`. */
export function describeKind(kind: Kind): string {
  switch (kind.kind) {
    case "int":
      return `${kind.raw ? "raw" : kind.signed ? "i" : "u"}${kind.bits}`;
    case "vector": {
      const element = describeKind(kind.element);
      return element === "u8" ? `bytes(${kind.length})` : `array(${element}, ${kind.length})`;
    }
    case "struct":
      return `struct of ${kind.layout.size} bytes`;
  }
}
