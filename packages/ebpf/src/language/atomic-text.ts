/**
 * The text of the atomic operations of a reference class: one `switch` over the fields that allow them.
 *
 * V8 runs one thing at a time, so an atomic is a load and a store. It is written so that no bigint survives: V8 keeps
 * the sum of two u64 in a register when it goes straight into memory.
 */
import type { Field, Order } from "./shape.ts";
import { isWordAt } from "./word-text.ts";

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
    method("$add", "value", atomics, (place) => `${place.store(`${place.load} + value`)} return;`),
    method("$or", "value", atomics, (place) => `${place.store(`${place.load} | value`)} return;`),
    method("$and", "value", atomics, (place) => `${place.store(`${place.load} & value`)} return;`),
    method("$xor", "value", atomics, (place) => `${place.store(`${place.load} ^ value`)} return;`),
    method(
      "$fetchAdd",
      "value",
      atomics,
      (place) => `const old = ${place.load}; ${place.store("old + value")} return old;`,
    ),
    method("$exchange", "value", atomics, (place) => `const old = ${place.load}; ${place.store("value")} return old;`),
    method(
      "$compareExchange",
      "expected, value",
      atomics,
      (place) => `const old = ${place.load}; if (old === expected) { ${place.store("value")} } return old;`,
    ),
  ].join("\n");
}

/** How the word at `at` is read and written. */
interface Place {
  readonly load: string;
  store(value: string): string;
}

/** A u64 at a multiple of 8. */
const wide: Place = {
  load: "this.$memory.wide[at >>> 3]",
  store: (value) => `this.$memory.wide[at >>> 3] = ${value};`,
};

function viewed(word: "Uint32" | "BigUint64"): Place {
  return {
    load: `this.$memory.view.get${word}(at, true)`,
    store: (value) => `this.$memory.view.set${word}(at, ${value}, true);`,
  };
}

function method(name: string, params: string, fields: readonly Field[], body: (place: Place) => string): string {
  const cases = fields.map((field) => {
    const isWide = field.size === 8;
    const check = isWide ? `typeof value !== "bigint"` : "!Number.isSafeInteger(value)";
    return `case "${field.name}": {
      if (${check}) notInteger("${field.name}", value);
      const at = this.$at + ${field.offset};
      ${isWide ? `if (${isWordAt("at")}) { ${body(wide)} }` : ""}
      ${body(viewed(isWide ? "BigUint64" : "Uint32"))}
    }`;
  });
  return `${name}(field, ${params}) { switch (field) { ${cases.join(" ")} default: notAtomic(field); } }`;
}
