/**
 * References to vectors: fields of several elements, `bytes(6)` or `array(raw32, 4)`.
 *
 * The class of a vector is made once for each element kind and byte order, so that `get` is one inlined load.
 */

import { describeKind, sizeOf } from "./kind.ts";
import type { Memory } from "./memory.ts";
import type { Vector } from "./reference.ts";
import type { Kind, Order } from "./shape.ts";
import { isWord, loadText, storeText } from "./word-text.ts";

/** Makes references to vectors of one element kind. */
export type VectorMaker = (memory: Memory, at: number, length: number) => Vector;

const makers = new Map<string, VectorMaker>();

/** The maker for an element kind; `nested` makes references to elements that are not integers. */
export function vectorMaker(
  element: Kind,
  order: Order,
  nested: ((memory: Memory, at: number) => unknown) | null,
): VectorMaker {
  if (nested !== null) return compileVector(element, order, nested);
  const name = `${describeKind(element)} ${order}`;
  const known = makers.get(name);
  if (known !== undefined) return known;
  const maker = compileVector(element, order, null);
  makers.set(name, maker);
  return maker;
}

function compileVector(
  element: Kind,
  order: Order,
  nested: ((memory: Memory, at: number) => unknown) | null,
): VectorMaker {
  const size = sizeOf(element);
  const at = `this.$at + index * ${size}`;
  const load = isWord(element) ? loadText(element, order, at) : `nested(this.$memory, ${at})`;
  const store = isWord(element)
    ? storeText(element, order, at, "value", "vector element")
    : `copyBytes(this.$memory, ${at}, value.$memory, value.$at, ${size});`;
  const text = `"use strict";
    class Vector {
      constructor(memory, at, length) { this.$memory = memory; this.$at = at; this.length = length; }
      get(index) { if (index >>> 0 !== index || index >= this.length) outside(index, this.length); return ${load}; }
      set(index, value) { if (index >>> 0 !== index || index >= this.length) outside(index, this.length); ${store} }
      equals(other) { return equalBytes(this.$memory, this.$at, other.$memory, other.$at, this.length * ${size}); }
    }
    return (memory, at, length) => new Vector(memory, at, length);`;
  // The text is made of numbers and fixed words only; nothing a program says reaches it.
  const make = new Function("nested", "outside", "notInteger", "copyBytes", "equalBytes", text);
  return make(nested, outside, notInteger, copyBytes, equalBytes);
}

function outside(index: number, length: number): never {
  throw new RangeError(
    `Cannot reach element ${index} of a vector of ${length}: the index is an integer from 0 to ${length - 1}. Test it before.`,
  );
}

/** Refuses a store of something that no register could hold. */
export function notInteger(name: string, value: unknown): never {
  throw new TypeError(
    `Cannot store ${String(value)} (${typeof value}) in ${name}: fields hold exact integers (number up to 32 bits, bigint for u64). Round or convert it first.`,
  );
}

/** Copies bytes between memories. */
export function copyBytes(to: Memory, toAt: number, from: Memory, fromAt: number, size: number): void {
  const target = to.view;
  const source = from.view;
  let i = 0;
  for (; i + 4 <= size; i += 4) target.setUint32(toAt + i, source.getUint32(fromAt + i, true), true);
  for (; i < size; i++) target.setUint8(toAt + i, source.getUint8(fromAt + i));
}

/** Compares bytes of two memories. */
export function equalBytes(a: Memory, aAt: number, b: Memory, bAt: number, size: number): boolean {
  const left = a.view;
  const right = b.view;
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    if (left.getUint32(aAt + i, true) !== right.getUint32(bAt + i, true)) return false;
  }
  for (; i < size; i++) {
    if (left.getUint8(aAt + i) !== right.getUint8(bAt + i)) return false;
  }
  return true;
}
