/**
 * The text of the atomic operations of a reference class: one `switch` over the fields that allow them.
 *
 * V8 runs one thing at a time, so an atomic is a load and a store. It is written so that no bigint survives: V8 keeps
 * the sum of two u64 in a register when it goes straight into memory.
 */
import type { Field, Order } from "./shape.ts";

/** Atomics work on u32 and u64 fields in host order: the kernel's instructions know no other. */
export function allowsAtomics({ kind }: Field, order: Order): boolean {
  return kind.kind === "int" && kind.bits >= 32 && !kind.signed && !kind.raw && order === "host";
}

/** Refuses an atomic on a field that has none. */
export function notAtomic(field: string): never {
  throw new TypeError(
    `Cannot use an atomic on ${field}: atomics work on u32 and u64 fields of host-order layouts. Declare the field so, or use a per-CPU map.`,
  );
}

export function atomicText(fields: readonly Field[], order: Order): string {
  const atomics = fields.filter((field) => allowsAtomics(field, order));
  return [
    method("$add", "value", atomics, (w) => `view.set${w}(at, view.get${w}(at, true) + value, true); return;`),
    method("$or", "value", atomics, (w) => `view.set${w}(at, view.get${w}(at, true) | value, true); return;`),
    method("$and", "value", atomics, (w) => `view.set${w}(at, view.get${w}(at, true) & value, true); return;`),
    method("$xor", "value", atomics, (w) => `view.set${w}(at, view.get${w}(at, true) ^ value, true); return;`),
    method("$fetchAdd", "value", atomics, (w) => `${old(w)} view.set${w}(at, old + value, true); return old;`),
    method("$exchange", "value", atomics, (w) => `${old(w)} view.set${w}(at, value, true); return old;`),
    method(
      "$compareExchange",
      "expected, value",
      atomics,
      (w) => `${old(w)} if (old === expected) view.set${w}(at, value, true); return old;`,
    ),
  ].join("\n");
}

function old(word: string): string {
  return `const old = view.get${word}(at, true);`;
}

function method(name: string, params: string, fields: readonly Field[], body: (word: string) => string): string {
  const cases = fields.map((field) => {
    const isWide = field.size === 8;
    const check = isWide ? `typeof value !== "bigint"` : "!Number.isSafeInteger(value)";
    return `case "${field.name}": {
      if (${check}) notInteger("${field.name}", value);
      const view = this.$memory.view, at = this.$at + ${field.offset};
      ${body(isWide ? "BigUint64" : "Uint32")}
    }`;
  });
  return `${name}(field, ${params}) { switch (field) { ${cases.join(" ")} default: notAtomic(field); } }`;
}
