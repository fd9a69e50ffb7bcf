/**
 * Codecs: bytes of a key or value to plain values and back, through the layout that the packet program uses.
 *
 * Integers that do not fit their field are refused here rather than cut: a program cuts on purpose, a caller by mistake.
 */
import type { IntegerKind } from "../language/integer.ts";
import { describeKind, type Kind, sizeOf } from "../language/kind.ts";
import { type AnyLayout, keyLayout, type Order } from "../language/layout.ts";
import type { KeyKind } from "../language/reference.ts";
import { LoaderError } from "./loader-error.ts";
import type { Plain, PlainInit } from "./plain.ts";

export interface Codec<Out, In = Out> {
  /** Bytes. */
  readonly size: number;
  /** @param bytes exactly `size` of them */
  decode(bytes: Uint8Array): Out;
  /** @throws LoaderError "value-out-of-range" naming the field */
  encode(value: In): Uint8Array;
}

/** The codec of a layout or integer kind, as maps declare them. */
export function codecOf<K extends KeyKind>(kind: K): Codec<Plain<K>, PlainInit<K>> {
  return codecOfLayout(keyLayout(kind)) as Codec<Plain<K>, PlainInit<K>>;
}

/** As codecOf, for a layout whose fields the types do not know; the layout of an integer gives the integer itself. */
export function codecOfLayout(layout: AnyLayout): Codec<unknown> {
  const { size, scalar } = layout;
  return {
    size,
    decode: (bytes) => {
      const view = viewOf(bytes, size);
      return scalar === null ? readLayout(view, 0, layout) : readInteger(view, 0, scalar, layout.order);
    },
    encode: (value) => {
      const bytes = new Uint8Array(size);
      const view = new DataView(bytes.buffer);
      if (scalar === null) writeLayout(view, 0, layout, value, "");
      else writeInteger(view, 0, scalar, layout.order, value, "the value");
      return bytes;
    },
  };
}

function viewOf(bytes: Uint8Array, size: number): DataView {
  if (bytes.length !== size) throw new RangeError(`Cannot decode ${bytes.length} bytes as a layout of ${size}.`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readLayout(view: DataView, at: number, layout: AnyLayout): object {
  return Object.fromEntries(
    layout.fields.map(({ name, kind, offset }) => [name, readKind(view, at + offset, kind, layout.order)]),
  );
}

function readKind(view: DataView, at: number, kind: Kind, order: Order): unknown {
  switch (kind.kind) {
    case "int":
      return readInteger(view, at, kind, order);
    case "struct":
      return readLayout(view, at, kind.layout);
    case "vector": {
      const { element, length } = kind;
      if (isByte(element)) return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
      const stride = sizeOf(element);
      return Array.from({ length }, (_, index) => readKind(view, at + index * stride, element, order));
    }
  }
}

function readInteger(view: DataView, at: number, kind: IntegerKind, order: Order): number | bigint {
  const isLittle = kind.raw || order === "host";
  switch (kind.bits) {
    case 8:
      return kind.signed ? view.getInt8(at) : view.getUint8(at);
    case 16:
      return kind.signed ? view.getInt16(at, isLittle) : view.getUint16(at, isLittle);
    case 32:
      return kind.signed ? view.getInt32(at, isLittle) : view.getUint32(at, isLittle);
    case 64:
      return view.getBigUint64(at, isLittle);
  }
}

function writeLayout(view: DataView, at: number, layout: AnyLayout, value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) {
    throw outOfRange(path || "the value", value, `an object with ${layout.fields.map(({ name }) => name).join(", ")}`);
  }
  const given = new Map<string, unknown>(Object.entries(value));
  for (const { name, kind, offset } of layout.fields) {
    const field = given.get(name);
    given.delete(name);
    if (field !== undefined) writeKind(view, at + offset, kind, layout.order, field, path + name);
  }
  for (const name of given.keys()) {
    throw outOfRange(
      path + name,
      given.get(name),
      `one of the fields ${layout.fields.map((field) => field.name).join(", ")}`,
    );
  }
}

function writeKind(view: DataView, at: number, kind: Kind, order: Order, value: unknown, path: string): void {
  switch (kind.kind) {
    case "int":
      writeInteger(view, at, kind, order, value, path);
      return;
    case "struct":
      writeLayout(view, at, kind.layout, value, `${path}.`);
      return;
    case "vector": {
      const { element, length } = kind;
      const list = listOf(value);
      if (list?.length !== length) throw outOfRange(path, value, `a list of ${length} (${describeKind(kind)})`);
      const stride = sizeOf(element);
      for (const [index, item] of list.entries()) {
        writeKind(view, at + index * stride, element, order, item, `${path}[${index}]`);
      }
    }
  }
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint8Array) : undefined;
}

function writeInteger(view: DataView, at: number, kind: IntegerKind, order: Order, value: unknown, path: string): void {
  const isLittle = kind.raw || order === "host";
  if (kind.bits === 64) {
    if (typeof value !== "bigint" || value < 0n || value > 0xffff_ffff_ffff_ffffn) {
      throw outOfRange(path, value, "a bigint from 0 to 2^64 - 1 (u64)");
    }
    view.setBigUint64(at, value, isLittle);
    return;
  }
  const low = kind.signed ? -(2 ** (kind.bits - 1)) : 0;
  const high = low + 2 ** kind.bits - 1;
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
    throw outOfRange(path, value, `an integer from ${low} to ${high} (${describeKind(kind)})`);
  }
  // A signed and an unsigned integer of one width have the same bytes once the value is known to fit.
  if (kind.bits === 8) view.setUint8(at, value);
  else if (kind.bits === 16) view.setUint16(at, value, isLittle);
  else view.setUint32(at, value, isLittle);
}

function isByte(kind: Kind): boolean {
  return kind.kind === "int" && kind.bits === 8 && !kind.signed;
}

function outOfRange(path: string, value: unknown, wanted: string): LoaderError {
  const shown = typeof value === "bigint" ? `${value}n` : typeof value === "object" ? typeof value : String(value);
  return new LoaderError({
    code: "value-out-of-range",
    what: `Cannot store ${shown} in ${path}`,
    why: `it takes ${wanted}`,
    fix: "Hand in a value that fits.",
  });
}
