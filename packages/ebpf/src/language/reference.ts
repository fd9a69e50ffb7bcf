/**
 * References: a layout's fields as properties, over bytes of the packet, the stack or a map.
 *
 * `ip.ttl` reads one byte and `ip.ttl = 63` writes it; nothing is decoded beforehand and nothing is copied.
 */
import type { IntegerKind } from "./integer.ts";
import type { Memory } from "./memory.ts";
import type { AnyLayout, AnyRef, FieldKind, VectorKind } from "./shape.ts";

export type { AnyRef } from "./shape.ts";

/** The declared fields of a layout, by name. */
export interface Fields {
  readonly [name: string]: FieldKind;
}

/** Elements of one kind, by index. */
export interface Vector<Element extends FieldKind = FieldKind, Length extends number = number> {
  readonly length: Length;
  /** The element; a layout's or a vector's by reference. `index` must lie within 0..length-1: the compiler wants it proven. */
  get(index: number): ValueOf<Element>;
  /** Stores an element; an integer is truncated to its width. */
  set(index: number, value: ValueOf<Element>): void;
  /** Compares all bytes. */
  equals(other: Vector<Element, Length>): boolean;
  readonly $memory: Memory;
  readonly $at: number;
}

/** What reading a field of this kind gives. */
export type ValueOf<K> =
  K extends IntegerKind<64>
    ? bigint
    : K extends IntegerKind
      ? number
      : K extends VectorKind<infer Element, infer Length>
        ? Vector<Element, Length>
        : K extends AnyLayout
          ? Ref<K>
          : never;

/** The fields of a declaration as readable and writable properties. */
type Properties<Declared> = { -readonly [Name in keyof Declared]: ValueOf<Declared[Name]> };

/**
 * A reference to a value of a layout: `Ref<typeof Flow>`.
 *
 * `$names` is never there. It makes references of different layouts different types, even where one has all the fields of
 * the other: a key with a field too many is another key.
 */
export type Ref<L extends AnyLayout> = Properties<L["declared"]> &
  AnyRef & { readonly $names?: (name: keyof L["declared"]) => keyof L["declared"] };

/** Initial values: fields that are not named are zero. */
export type Init<Declared> = { readonly [Name in keyof Declared]?: ValueOf<Declared[Name]> };

/** A layout, or an integer kind that stands for a layout with the one field `value`. */
export type KeyKind = AnyLayout | IntegerKind;

/** Whatever may be handed to a map as a key or value. */
export type Argument = AnyRef | number | bigint;

/** How a key or value is handed to a map: an integer as it is, a layout by reference. */
export type ArgOf<K extends KeyKind> = (K extends AnyLayout ? Ref<K> : ValueOf<K>) & Argument;

/** How a map hands out a key or value: always a reference, an integer as its `value`. */
export type RefOf<K extends KeyKind> = K extends AnyLayout
  ? Ref<K>
  : { value: ValueOf<K> } & AnyRef & { readonly $names?: (name: "value") => "value" };

/** Copies all bytes: `copy(connection, template)`. Where the two overlap in part, the result is undefined. */
export function copy<R extends AnyRef>(to: R, from: NoInfer<R>): void {
  to.$copy(from);
}

/** Compares all bytes, padding included. */
export function equal<R extends AnyRef>(a: R, b: NoInfer<R>): boolean {
  return a.$equals(b);
}
