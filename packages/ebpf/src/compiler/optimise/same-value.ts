/**
 * Values that are another value: `fit` and `refine` compute nothing, they only know more.
 */
import type { Value } from "../ir/ir.ts";
import { isWithin } from "../ranges/interval.ts";

/** The value that is computed, behind any `fit` and `refine`. */
export function rootOf(value: Value): Value {
  let root = value;
  while (root.op.kind === "fit" || root.op.kind === "refine") root = root.op.value;
  return root;
}

/** True when reads of `value` may become reads of `original`, which is equal to it, without losing what is known. */
export function saysAsMuch(original: Value, value: Value): boolean {
  return value.range !== null && original.range !== null && isWithin(original.range, value.range);
}

/**
 * Turns `value` into "`original`, known to lie within what `value` was known to be". The caller moves a phi to the body.
 */
export function restate(value: Value, original: Value): void {
  if (value.range === null) throw new Error(`v${value.id} has no range, so nothing can be said of it`);
  const { low, high } = value.range;
  value.op = { kind: "fit", value: original, fit: { low, high, rule: "E301", subject: "the value", write: "" } };
}
