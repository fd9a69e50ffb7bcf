/**
 * Finds lost updates: a value written to a shared place that was computed from what stood there.
 *
 * Looks through arithmetic, conversions and joins. Through a table or a comparison it does not look, and a value that was only chosen,
 * never computed, is no update: choosing the next state from the present one is how state machines work, and there the last writer may win.
 */
import { operandsOf, type Value } from "../ir/ir.ts";
import type { Place } from "./entity.ts";
import { underlying } from "./environment.ts";

/** Bounds the search; expressions are small, joins in loops are cycles. */
const MOST_VALUES = 200;

export function readsItself(value: Value, place: Place, size: number): boolean {
  const chosen = new Set<Value>([value]);
  const computed = new Set<Value>();
  // Sets are walked in the order of insertion, what is added on the way included.
  for (const next of chosen) {
    if (chosen.size > MOST_VALUES) break;
    for (const operand of chosenFrom(next)) chosen.add(operand);
    for (const operand of computedFrom(next)) computed.add(operand);
  }
  for (const next of computed) {
    if (computed.size > MOST_VALUES) break;
    if (isLoadOf(next, place, size)) return true;
    for (const operand of [...chosenFrom(next), ...computedFrom(next)]) computed.add(operand);
  }
  return false;
}

/** Values that this one may simply be. */
function chosenFrom({ op }: Value): readonly Value[] {
  switch (op.kind) {
    case "unsigned32":
    case "wrap64":
    case "convert":
    case "swap":
    case "fit":
    case "refine":
      return [op.value];
    case "phi":
      return op.inputs;
    default:
      return [];
  }
}

/** Values that this one is made of. */
function computedFrom({ op }: Value): readonly Value[] {
  switch (op.kind) {
    case "arith":
    case "bits":
    case "bits64":
    case "imul":
      return operandsOf(op);
    default:
      return [];
  }
}

function isLoadOf({ op }: Value, place: Place, size: number): boolean {
  return (
    op.kind === "load" &&
    underlying(op.base) === underlying(place.base) &&
    op.offset < place.offset + size &&
    place.offset < op.offset + op.size
  );
}
