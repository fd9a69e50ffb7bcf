/**
 * Brings an argument into memory, as map helpers want it: a reference is there already, an integer goes into a place of
 * the declaration's own.
 */
import type { AnyLayout } from "../layout.ts";
import { Memory } from "../memory.ts";
import type { AnyRef, Argument } from "../reference.ts";

export type KeyArgument = (given: Argument) => AnyRef;

export function keyArgument(layout: AnyLayout): KeyArgument {
  if (layout.scalar === null) return onlyReference;
  // The layout of an integer has the one field `value`.
  const place = layout.reference(Memory.zeroed(8), 0) as AnyRef & { value: number | bigint };
  return (given) => {
    if (typeof given === "object") return given;
    place.value = given;
    return place;
  };
}

function onlyReference(given: Argument): AnyRef {
  if (typeof given === "object") return given;
  throw new TypeError(`Cannot use ${given} as a key or value: this map's layout is a struct. Hand in a reference.`);
}
