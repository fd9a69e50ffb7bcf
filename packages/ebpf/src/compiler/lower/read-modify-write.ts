/**
 * Finds lost updates: a value written to a shared place that was computed from what stood there.
 *
 * Looks through arithmetic, conversions and joins. Through a table or a comparison it does not look, and a value that was only chosen,
 * never computed, is no update: choosing the next state from the present one is how state machines work, and there the last writer may win.
 */
import { operandsOf, type Value } from "../ir/ir.ts";
import type { Place } from "./entity.ts";

/** Bounds the search; expressions are small, joins in loops are cycles. */
const MOST_VALUES = 200;
/** How deep two addresses are compared: an index is a short expression. */
const MOST_DEEP = 8;

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
  if (op.kind !== "load") return false;
  const read = addressOf(op.base, op.offset);
  const written = addressOf(place.base, place.offset);
  const overlaps = read.distance < written.distance + size && written.distance < read.distance + op.size;
  return overlaps && areSame(read.base, written.base, MOST_DEEP);
}

/** The pointer that constant distances were added to, and their sum. */
function addressOf(base: Value, offset: number): { readonly base: Value; readonly distance: number } {
  let current = base;
  let distance = offset;
  for (;;) {
    const { op } = current;
    if (op.kind === "refine" || op.kind === "fit") current = op.value;
    else if (op.kind === "offset" && op.amount.op.kind === "const") {
      distance += Number(op.amount.op.value);
      current = op.base;
    } else return { base: current, distance };
  }
}

/**
 * True when two values are computed alike: `h.set(i, h.get(i) + 1)` computes its address twice. Two loads of one place are taken to
 * give one value, since nobody writes an index between reading and using it.
 */
function areSame(a: Value, b: Value, depth: number): boolean {
  const [left, right] = [plain(a), plain(b)];
  if (left === right) return true;
  const [one, other] = [left.op, right.op];
  if (depth === 0 || one.kind !== other.kind || one.kind === "helper" || one.kind === "invoke" || one.kind === "phi")
    return false;
  if (describe(one) !== describe(other)) return false;
  const operands = operandsOf(other);
  return operandsOf(one).every((operand, index) => {
    const counterpart = operands[index];
    return counterpart !== undefined && areSame(operand, counterpart, depth - 1);
  });
}

function plain(value: Value): Value {
  let current = value;
  while (current.op.kind === "refine" || current.op.kind === "fit") current = current.op.value;
  return current;
}

/** What an operation is besides its operands. */
function describe(op: Value["op"]): string {
  const operands = new Set<unknown>(operandsOf(op));
  const facts = Object.entries(op).filter(([, fact]) => !operands.has(fact));
  return facts.map(([name, fact]) => `${name} ${String(fact)}`).join();
}
