/**
 * Finds lost updates: a value written to a shared place that was computed from what stood there.
 *
 * Looks through arithmetic, conversions and joins. Through a table or a comparison it does not look: choosing the next state from the
 * present one is how state machines work, and there the last writer may win.
 */
import { operandsOf, type Value } from "../ir/ir.ts";
import type { Place } from "./entity.ts";
import { underlying } from "./environment.ts";

/** Bounds the search; expressions are small, joins in loops are cycles. */
const MOST_VALUES = 200;

export function readsItself(value: Value, place: Place, size: number): boolean {
  const seen = new Set<Value>();
  const open = [value];
  while (open.length > 0 && seen.size < MOST_VALUES) {
    const next = open.pop();
    if (next === undefined || seen.has(next)) continue;
    seen.add(next);
    const { op } = next;
    switch (op.kind) {
      case "load":
        if (
          underlying(op.base) === underlying(place.base) &&
          op.offset < place.offset + size &&
          place.offset < op.offset + op.size
        ) {
          return true;
        }
        break;
      case "arith":
      case "bits":
      case "bits64":
      case "imul":
      case "unsigned32":
      case "wrap64":
      case "convert":
      case "swap":
      case "fit":
      case "refine":
      case "phi":
        open.push(...operandsOf(op));
        break;
      default:
        break;
    }
  }
  return false;
}
