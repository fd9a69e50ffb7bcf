/**
 * `array` has two meanings, as in the kernel's own words: several elements as a field, and the map of that name.
 */

import type { u32 } from "./integer.ts";
import type { FieldKind, VectorKind } from "./kind.ts";
import { vector } from "./kind.ts";
import { arrayMap, type KeyedMap } from "./map/keyed.ts";
import type { KeyKind } from "./reference.ts";

/** A field of `length` elements: an IPv6 address is `array(raw32, 4)`. */
export function array<Element extends FieldKind, const Length extends number>(
  element: Element,
  length: Length,
): VectorKind<Element, Length>;
/** A map with elements under 0..maxEntries-1, always there, zero at first. Keys are u32. */
export function array<V extends KeyKind>(
  name: string,
  options: { readonly value: V; readonly maxEntries: number },
): KeyedMap<typeof u32, V>;
export function array<V extends KeyKind>(
  first: string | FieldKind,
  second: number | { readonly value: V; readonly maxEntries: number },
): VectorKind | KeyedMap<typeof u32, V> {
  if (typeof first === "string" && typeof second === "object") return arrayMap(first, second);
  if (typeof first === "object" && typeof second === "number") return vector(first, second);
  throw new TypeError(
    `Cannot declare array(${String(first)}, ${String(second)}): write array(kind, length) for a field and array("name", { value, maxEntries }) for a map.`,
  );
}
