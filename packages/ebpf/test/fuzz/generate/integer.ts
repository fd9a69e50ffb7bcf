/**
 * Generated expressions of type number.
 */
import type { Body, RefVariable } from "./body.ts";
import { callFor } from "./call.ts";
import { condition } from "./condition.ts";
import {
  constant,
  EXACT,
  type Integer,
  larger,
  masked,
  narrowed,
  operation,
  smaller,
  typeNamed,
} from "./expression.ts";
import type { FieldModel, IntegerField, LayoutModel } from "./layout.ts";
import { quad } from "./quad.ts";

const INTERESTING = [
  ...[0n, 1n, 2n, 3n, 7n, 8n, 15n, 31n, 32n, 33n, 127n, 128n, 255n, 256n, 0x0800n, 0x7fffn, 0x8000n, 0xffffn, 0x10000n],
  ...[0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, 0x12345678n, -1n, -2n, -128n, -32768n, -0x80000000n],
  ...[-0x80000001n, 0xfffffffffn, 2n ** 48n, 2n ** 53n - 1n, -(2n ** 53n - 1n)],
] as const;

/** @param clean it may be stored into memory that other CPUs see */
export function integer(b: Body, depth: number, clean = false): Integer {
  if (depth <= 0 || b.random.chance(0.15)) return leaf(b, clean);
  const shape = b.random.weighted([
    [8, arithmetic],
    [8, bits],
    [4, shift],
    [2, division],
    [2, remainder],
    [2, multiply32],
    [3, extreme],
    [2, swap],
    [2, unary],
    [3, choice],
    [2, fromQuad],
    [2, call],
  ]);
  return shape(b, depth - 1, clean);
}

/** A number within `type`. */
export function integerIn(b: Body, type: string, depth: number, clean = false): Integer {
  return narrowed(integer(b, depth, clean), typeNamed(type));
}

/** A number within 0..2^bits-1. */
export function small(b: Body, bits: number, clean = false): Integer {
  return masked(integer(b, 1, clean), bits);
}

export function someConstant(b: Body): Integer {
  if (b.random.chance(0.5)) return constant(BigInt(b.random.below(64)));
  return constant(b.random.pick(INTERESTING));
}

function leaf(b: Body, clean: boolean): Integer {
  const { random } = b;
  const variables = clean ? b.ints.filter((variable) => !variable.tainted) : b.ints;
  const refs = b.liveRefs.filter((ref) => !clean || !ref.shared);
  const shape = random.weighted([
    [3, "constant"],
    [variables.length > 0 ? 8 : 0, "variable"],
    [refs.length > 0 ? 8 : 0, "field"],
    [b.module.tables.length > 0 ? 1 : 0, "table"],
    [b.module.constants.length > 0 ? 1 : 0, "named"],
    [b.context !== null ? 1 : 0, "context"],
    [1, "clock"],
  ] as const);
  switch (shape) {
    case "variable":
      return random.pick(variables);
    case "field":
      return fieldRead(b, random.pick(refs)) ?? someConstant(b);
    case "table":
      return tableRead(b, clean) ?? someConstant(b);
    case "named":
      return random.pick(b.module.constants);
    case "context":
      return contextRead(b);
    case "clock":
      return someOfChance(b);
    case "constant":
      return someConstant(b);
  }
}

/** Clock, chance and CPU, of which only what is the same everywhere is used. */
function someOfChance(b: Body): Integer {
  const text = b.random.pick(["Number(ktimeNs() >> 63n)", "(randomU32() & 0)", "Math.min(cpuId(), 0)"]);
  return { text, low: 0n, high: text.startsWith("Math") ? 8191n : 1n, tainted: false };
}

function contextRead(b: Body): Integer {
  const word = { tainted: false, low: 0n, high: 0xffffffffn };
  switch (b.context) {
    case "Xdp":
      return { ...word, text: b.random.pick(["ctx.length", "ctx.length", "ctx.rxQueueIndex", "ctx.ingressIfindex"]) };
    case "Skb":
      return { ...word, text: b.random.pick(["ctx.length", "ctx.len", "ctx.mark", "ctx.priority", "ctx.ifindex"]) };
    default:
      return someConstant(b);
  }
}

function tableRead(b: Body, clean: boolean): Integer | null {
  const tables = b.module.tables.filter((table) => !table.is64);
  if (tables.length === 0) return null;
  const table = b.random.pick(tables);
  const index = indexBelow(b, table.length, clean);
  return { ...table.element, text: `${table.name}.at(${index.text})` };
}

/** An index that is proven to lie within 0..length-1. */
export function indexBelow(b: Body, length: number, clean = false): Integer {
  if (b.random.chance(0.3)) return constant(BigInt(b.random.below(length)));
  const bits = Math.floor(Math.log2(length));
  if (b.random.chance(0.1)) {
    const value = integerIn(b, b.random.pick(["u8", "u32"]), 1, clean);
    return operation(`(${value.text} % ${length})`, 0n, BigInt(length - 1), [value]);
  }
  return small(b, bits, clean);
}

/** Reads an integer somewhere in the layout, if it has one. */
export function fieldRead(b: Body, ref: RefVariable): Integer | null {
  const place = integerPlace(b, ref, (field) => field.bits < 64);
  return place === null ? null : { ...ofField(place.field, ref.shared), text: place.read };
}

export function ofField({ bits, signed }: IntegerField, tainted: boolean): Omit<Integer, "text"> {
  const span = 1n << BigInt(bits);
  return { low: signed ? -span / 2n : 0n, high: signed ? span / 2n - 1n : span - 1n, tainted };
}

export interface IntegerPlace {
  readonly field: IntegerField;
  readonly read: string;
  /** The statement that stores a value there. */
  readonly write: (value: string) => string;
  /** It stands for a field, not for an element: compound assignment and atomics work. */
  readonly isField: boolean;
}

/** A place of an integer behind a reference: a field, an element of a vector, a field of an inner layout. */
export function integerPlace(b: Body, ref: RefVariable, fits: (field: IntegerField) => boolean): IntegerPlace | null {
  return placeIn(b, ref.text, ref.layout, ref.place, fits);
}

function placeIn(
  b: Body,
  path: string,
  layout: LayoutModel,
  place: RefVariable["place"],
  fits: (field: IntegerField) => boolean,
): IntegerPlace | null {
  const candidates = layout.fields.filter((field) => hasPlace(field, fits));
  if (candidates.length === 0) return null;
  const field = b.random.pick(candidates);
  const text = `${path}.${field.name}`;
  switch (field.kind) {
    case "int":
      return { field, read: text, write: (value) => `${text} = ${value};`, isField: true };
    case "struct":
      return placeIn(b, text, field.layout, place, fits);
    case "vector": {
      // The verifier proves constant places in packets and arguments only.
      const isFixed = place === "packet" || place === "args" || place === "unknown";
      const index = isFixed ? constant(BigInt(b.random.below(field.length))) : indexBelow(b, field.length);
      const { element } = field;
      return {
        field: element,
        read: `${text}.get(${index.text})`,
        write: (value) => `${text}.set(${index.text}, ${value});`,
        isField: false,
      };
    }
  }
}

function hasPlace(field: FieldModel, fits: (field: IntegerField) => boolean): boolean {
  switch (field.kind) {
    case "int":
      return fits(field);
    case "vector":
      return fits(field.element);
    case "struct":
      return field.layout.fields.some((inner) => hasPlace(inner, fits));
  }
}

function arithmetic(b: Body, depth: number, clean: boolean): Integer {
  const [left, right] = [integer(b, depth, clean), integer(b, depth, clean)];
  switch (b.random.below(3)) {
    case 0:
      return exact(b, "+", left, right, left.low + right.low, left.high + right.high);
    case 1:
      return exact(b, "-", left, right, left.low - right.high, left.high - right.low);
    default: {
      const corners = [left.low * right.low, left.low * right.high, left.high * right.low, left.high * right.high];
      return exact(b, "*", left, right, corners.reduce(smaller), corners.reduce(larger));
    }
  }
}

/** The sum, difference or product if it cannot leave ±2^53, otherwise that of narrower operands. */
function exact(b: Body, operator: string, left: Integer, right: Integer, low: bigint, high: bigint): Integer {
  if (low >= -EXACT && high <= EXACT) {
    return operation(`(${left.text} ${operator} ${right.text})`, low, high, [left, right]);
  }
  const [a, c] = [narrowed(left, typeNamed(b.random.pick(["u16", "i16"]))), narrowed(right, typeNamed("u16"))];
  const text = `(${a.text} ${operator} ${c.text})`;
  switch (operator) {
    case "+":
      return operation(text, a.low + c.low, a.high + c.high, [a, c]);
    case "-":
      return operation(text, a.low - c.high, a.high - c.low, [a, c]);
    default: {
      const corners = [a.low * c.low, a.low * c.high, a.high * c.low, a.high * c.high];
      return operation(text, corners.reduce(smaller), corners.reduce(larger), [a, c]);
    }
  }
}

const I32 = typeNamed("i32");
const U32 = typeNamed("u32");

function bits(b: Body, depth: number, clean: boolean): Integer {
  const [left, right] = [integer(b, depth, clean), integer(b, depth, clean)];
  const operator = b.random.pick(["&", "|", "^"]);
  const text = `(${left.text} ${operator} ${right.text})`;
  const bounded = [left, right].filter(({ low, high }) => low >= 0n && high <= I32.high).map(({ high }) => high);
  if (operator === "&" && bounded.length > 0) return operation(text, 0n, bounded.reduce(smaller), [left, right]);
  return operation(text, I32.low, I32.high, [left, right]);
}

function shift(b: Body, depth: number, clean: boolean): Integer {
  const left = integer(b, depth, clean);
  const amount = b.random.chance(0.6) ? constant(BigInt(b.random.below(34))) : integer(b, depth - 1, clean);
  const operator = b.random.pick(["<<", ">>", ">>>"]);
  const { low, high } = operator === ">>>" ? U32 : I32;
  return operation(`(${left.text} ${operator} ${amount.text})`, low, high, [left, amount]);
}

function division(b: Body, depth: number, clean: boolean): Integer {
  const left = notNegative(b, depth, clean);
  const right = positive(b, depth, clean);
  const quotient = `${left.text} / ${right.text}`;
  if (b.random.chance(0.5)) return operation(`Math.floor(${quotient})`, 0n, left.high, [left, right]);
  const fits = left.high <= U32.high;
  return operation(`((${quotient}) >>> 0)`, 0n, fits ? left.high : U32.high, [left, right]);
}

function remainder(b: Body, depth: number, clean: boolean): Integer {
  const left = notNegative(b, depth, clean);
  const right = positive(b, depth, clean);
  return operation(`(${left.text} % ${right.text})`, 0n, smaller(left.high, right.high - 1n), [left, right]);
}

function notNegative(b: Body, depth: number, clean: boolean): Integer {
  const value = integer(b, depth, clean);
  return value.low >= 0n ? value : narrowed(value, U32);
}

/** At least 1, by a maximum, by a bit, by an addition, or by itself. */
function positive(b: Body, depth: number, clean: boolean): Integer {
  const value = notNegative(b, depth, clean);
  if (value.low >= 1n) return value;
  const { text, high } = value;
  switch (b.random.below(3)) {
    case 0:
      return operation(`Math.max(${text}, 1)`, 1n, larger(high, 1n), [value]);
    case 1: {
      const short = masked(value, 16);
      return operation(`(${short.text} | 1)`, 1n, 65535n, [value]);
    }
    default: {
      const short = masked(value, 8);
      return operation(`(${short.text} + 1)`, 1n, short.high + 1n, [value]);
    }
  }
}

function multiply32(b: Body, depth: number, clean: boolean): Integer {
  const [left, right] = [integer(b, depth, clean), integer(b, depth, clean)];
  return operation(`Math.imul(${left.text}, ${right.text})`, I32.low, I32.high, [left, right]);
}

function extreme(b: Body, depth: number, clean: boolean): Integer {
  const [left, right] = [integer(b, depth, clean), integer(b, depth, clean)];
  const operands = [left, right];
  if (b.random.chance(0.5)) {
    const text = `Math.min(${left.text}, ${right.text})`;
    return operation(text, smaller(left.low, right.low), smaller(left.high, right.high), operands);
  }
  const text = `Math.max(${left.text}, ${right.text})`;
  return operation(text, larger(left.low, right.low), larger(left.high, right.high), operands);
}

function swap(b: Body, depth: number, clean: boolean): Integer {
  const value = integer(b, depth, clean);
  if (b.random.chance(0.5)) return operation(`swap16(${value.text})`, 0n, 65535n, [value]);
  return operation(`swap32(${value.text})`, 0n, U32.high, [value]);
}

function unary(b: Body, depth: number, clean: boolean): Integer {
  const value = integer(b, depth, clean);
  if (b.random.chance(0.5)) return operation(`(~${value.text})`, I32.low, I32.high, [value]);
  return operation(`(-${value.text})`, -value.high, -value.low, [value]);
}

function choice(b: Body, depth: number, clean: boolean): Integer {
  const test = condition(b, depth);
  const [yes, no] = [integer(b, depth, clean), integer(b, depth, clean)];
  const text = `(${test} ? ${yes.text} : ${no.text})`;
  return operation(text, smaller(yes.low, no.low), larger(yes.high, no.high), [yes, no]);
}

function fromQuad(b: Body, depth: number, clean: boolean): Integer {
  const value = quad(b, depth, clean);
  if (value.low >= 0n && value.high <= EXACT) return operation(`Number(${value.text})`, value.low, value.high, [value]);
  const wrapped = value.low >= 0n && value.high < 2n ** 64n ? value.text : `u64wrap(${value.text})`;
  switch (b.random.below(3)) {
    case 0:
      return operation(`Number(${wrapped} & 0xffffn)`, 0n, 0xffffn, [value]);
    case 1:
      return operation(`Number(${wrapped} >> 32n)`, 0n, U32.high, [value]);
    default:
      return operation(`Number(${wrapped} & 0xfffffffffffffn)`, 0n, 0xfffffffffffffn, [value]);
  }
}

function call(b: Body, depth: number, clean: boolean): Integer {
  const called = clean ? null : callFor(b, "int", depth);
  if (called === null) return arithmetic(b, depth, clean);
  return { text: called.text, low: called.low, high: called.high, tainted: true };
}
