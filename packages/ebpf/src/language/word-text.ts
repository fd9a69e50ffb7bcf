/**
 * The text of single loads and stores, of which accessor classes are made.
 *
 * A raw word is read in the order of the machine that eBPF of this package is compiled for (little-endian); a network
 * layout reads everything else big-endian.
 */
import type { IntegerKind } from "./integer.ts";
import type { Kind, Order } from "./shape.ts";

export function isWord(kind: Kind): kind is IntegerKind {
  return kind.kind === "int";
}

/** An expression that reads the integer at `at` of `this.$memory`. */
export function loadText(kind: IntegerKind, order: Order, at: string): string {
  const load = `this.$memory.view.get${accessor(kind)}(${at}${endian(kind, order)})`;
  return isWide(kind, order) ? `(${isWordAt(at)} ? this.$memory.wide[(${at}) >>> 3] : ${load})` : load;
}

/** Statements that check `value` and store it at `at` of `this.$memory`. DataView truncates as a register store does. */
export function storeText(kind: IntegerKind, order: Order, at: string, value: string, name: string): string {
  const check = kind.bits === 64 ? `typeof ${value} !== "bigint"` : `!Number.isSafeInteger(${value})`;
  const store = `this.$memory.view.set${accessor(kind)}(${at}, ${value}${endian(kind, order)});`;
  const checked = `if (${check}) notInteger(${JSON.stringify(name)}, ${value});`;
  if (!isWide(kind, order)) return `${checked} ${store}`;
  return `${checked} if (${isWordAt(at)}) this.$memory.wide[(${at}) >>> 3] = ${value}; else ${store}`;
}

/** Whether an integer is one of the words of `Memory.wide`, where it lies at a multiple of 8. */
function isWide(kind: IntegerKind, order: Order): boolean {
  return kind.bits === 64 && order === "host";
}

/** A condition: `at` is a multiple of 8 and inside the words of `this.$memory`, which a stale memory has none of. */
export function isWordAt(at: string): string {
  return `((${at}) & 7) === 0 && ((${at}) >>> 3) < this.$memory.wide.length`;
}

function accessor(kind: IntegerKind): string {
  if (kind.bits === 64) return "BigUint64";
  return `${kind.signed ? "Int" : "Uint"}${kind.bits}`;
}

function endian(kind: IntegerKind, order: Order): string {
  if (kind.bits === 8) return "";
  return kind.raw || order === "host" ? ", true" : ", false";
}
