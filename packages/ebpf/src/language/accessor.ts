/**
 * Makes the reference class of a layout: one getter and setter a field, written out as text and compiled once.
 *
 * Text, because V8 keeps what it learns about a function's operands with the function's text: getters shared by all
 * layouts would see every layout and be slow for each, getters of their own become one load in the calling program.
 */
import { atomicText, notAtomic } from "./atomic-text.ts";
import { sizeOf } from "./kind.ts";
import type { Memory } from "./memory.ts";
import { current } from "./runtime.ts";
import type { AnyLayout, AnyRef, Field, Order } from "./shape.ts";
import { copyBytes, equalBytes, notInteger, vectorMaker } from "./vector.ts";
import { isWord, loadText, storeText } from "./word-text.ts";

/** What the class of a layout offers to the layout. */
export interface ReferenceMaker {
  /** A reference to the bytes at `at`. */
  reference(memory: Memory, at: number): AnyRef;
  /** An instance on the stack of the running machine, with the named fields set. */
  make(init: object | undefined): AnyRef;
}

/** Nested makers and vector makers, by index of the field. */
type Nested = ((memory: Memory, at: number, length: number) => unknown) | null;

export function compileReference(layout: AnyLayout): ReferenceMaker {
  const { fields, order, size } = layout;
  const nested = fields.map((field) => nestedMaker(field, order));
  const text = `"use strict";
    ${nested.map((_, i) => `const nested${i} = nested[${i}];`).join(" ")}
    class Reference {
      constructor(memory, at) { this.$memory = memory; this.$at = at; }
      get $layout() { return layout; }
      ${fields.map((field, i) => fieldText(field, order, i)).join("\n")}
      $copy(value) { ${copyText(0, size)} }
      $equals(other) { return equalBytes(this.$memory, this.$at, other.$memory, other.$at, ${size}); }
      $assign(init) { ${fields.map(({ name }) => `if (init.${name} !== undefined) this.${name} = init.${name};`).join(" ")} }
      ${atomicText(fields, order)}
    }
    return {
      reference: (memory, at) => new Reference(memory, at),
      make: (init) => {
        const stack = current.machine.stack;
        const at = stack.take(${size});
        const made = new Reference(stack.memory, at);
        if (init !== undefined) made.$assign(init);
        return made;
      },
    };`;
  // Field names are checked to be plain identifiers before they get here; everything else is numbers and fixed words.
  const compile = new Function(
    "layout",
    "nested",
    "current",
    "notInteger",
    "notAtomic",
    "copyBytes",
    "equalBytes",
    text,
  );
  return compile(layout, nested, current, notInteger, notAtomic, copyBytes, equalBytes);
}

function nestedMaker({ kind }: Field, order: Order): Nested {
  if (kind.kind === "struct") return referenceMaker(kind.layout);
  if (kind.kind === "int") return null;
  const { element } = kind;
  if (element.kind === "int") return vectorMaker(element, order, null);
  if (element.kind === "struct") return vectorMaker(element, order, referenceMaker(element.layout));
  const inner = nestedMaker({ name: "element", kind: element, offset: 0, size: sizeOf(element) }, order);
  const { length } = element;
  return vectorMaker(element, order, inner && ((memory, at) => inner(memory, at, length)));
}

/** Asks the layout each time: its class may not have been made yet. */
function referenceMaker(layout: AnyLayout): (memory: Memory, at: number) => AnyRef {
  return (memory, at) => layout.reference(memory, at);
}

function fieldText({ name, kind, offset, size }: Field, order: Order, index: number): string {
  const at = `this.$at + ${offset}`;
  const load = isWord(kind)
    ? loadText(kind, order, at)
    : `nested${index}(this.$memory, ${at}${kind.kind === "vector" ? `, ${kind.length}` : ""})`;
  const store = isWord(kind) ? storeText(kind, order, at, "value", name) : copyText(offset, size);
  return `get ${name}() { return ${load}; } set ${name}(value) { ${store} }`;
}

/** Longer copies are a loop; short ones, mostly addresses, are written out. */
const WRITTEN_OUT = 64;

/** Statements that copy `size` bytes from the reference `value` to `offset` of this one. */
function copyText(offset: number, size: number): string {
  if (size > WRITTEN_OUT) return `copyBytes(this.$memory, this.$at + ${offset}, value.$memory, value.$at, ${size});`;
  const lines = [
    "const to = this.$memory.view, from = value.$memory.view;",
    `const t = this.$at + ${offset}, f = value.$at;`,
  ];
  let i = 0;
  for (; i + 4 <= size; i += 4) lines.push(`to.setUint32(t + ${i}, from.getUint32(f + ${i}, true), true);`);
  for (; i + 2 <= size; i += 2) lines.push(`to.setUint16(t + ${i}, from.getUint16(f + ${i}, true), true);`);
  for (; i < size; i++) lines.push(`to.setUint8(t + ${i}, from.getUint8(f + ${i}));`);
  return lines.join(" ");
}
