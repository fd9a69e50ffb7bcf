/**
 * Kinds and layouts as plain data. They are recursive (a layout has fields, a field may be a layout), so they are declared
 * together.
 */
import type { IntegerKind } from "./integer.ts";
import type { Memory } from "./memory.ts";

/** Order of the bytes in integers: `network` is big-endian and packed, `host` little-endian and naturally aligned. */
export type Order = "host" | "network";

/** `length` elements of one kind, one after another. */
export interface VectorKind<Element extends FieldKind = FieldKind, Length extends number = number> {
  readonly kind: "vector";
  readonly element: Element;
  readonly length: Length;
}

/** What stands to the right of a field's name in a declaration: an integer, a vector or another layout. */
export type FieldKind = IntegerKind | VectorKind | AnyLayout;

/** A field's kind as a layout lists it: every variant carries its tag. */
export type Kind = IntegerKind | ElementsKind | StructKind;

/** A vector whose element is a listed kind. */
export interface ElementsKind {
  readonly kind: "vector";
  readonly element: Kind;
  readonly length: number;
}

/** A layout inside another one. */
export interface StructKind {
  readonly kind: "struct";
  readonly layout: AnyLayout;
}

/** One field as the layout lists it. */
export interface Field {
  readonly name: string;
  readonly kind: Kind;
  /** Bytes from the start of the layout. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
}

/** A layout of whatever fields. */
export interface AnyLayout {
  readonly order: Order;
  /** In bytes. */
  readonly size: number;
  /** In bytes; 1 for network layouts, which lie anywhere in a packet. */
  readonly alignment: number;
  /** Where the layout is written down: an RFC section, a header file. Empty when not said. */
  readonly source: string;
  /** In order of offset, without holes. */
  readonly fields: readonly Field[];
  /** The kinds as they were declared, by name: what types are made of. */
  readonly declared: object;
  /** Set when the layout only wraps an integer kind of a map key or value, as its field `value`. */
  readonly scalar: IntegerKind | null;
  /** For the runtime: a reference to the bytes at `at`. Bounds are the caller's business. */
  readonly reference: (memory: Memory, at: number) => AnyRef;
}

/** Any reference, seen from the runtime. Names that begin with `$` are outside the subset: programs cannot say them. */
export interface AnyRef {
  readonly $memory: Memory;
  /** Offset of the first byte in `$memory`. */
  readonly $at: number;
  readonly $layout: AnyLayout;
  /** Copies all bytes of another reference of the same layout. */
  $copy(from: AnyRef): void;
  $equals(other: AnyRef): boolean;
}
