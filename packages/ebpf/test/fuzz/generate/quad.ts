/**
 * Generated expressions of type u64.
 */
import type { Body } from "./body.ts";
import { callFor } from "./call.ts";
import { condition } from "./condition.ts";
import { constant64, EXACT, type Integer, larger, operation, smaller, U64_HIGH, wrapped64 } from "./expression.ts";
import { indexBelow, integer, integerPlace, ofField } from "./integer.ts";

const INTERESTING = [
  ...[0n, 1n, 2n, 7n, 63n, 64n, 255n, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n],
  ...[2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 0x0123456789abcdefn],
] as const;

/** Beyond this the generator wraps, as the compiler gives up bounds that lie far out. */
const FAR = 2n ** 68n;

export function quad(b: Body, depth: number, clean = false): Integer {
  if (depth <= 0 || b.random.chance(0.2)) return leaf(b, clean);
  const shape = b.random.weighted([
    [8, arithmetic],
    [5, bits],
    [4, shift],
    [2, division],
    [3, fromInt],
    [2, choice],
    [1, call],
  ]);
  return shape(b, depth - 1, clean);
}

/** A u64 that is proven to lie within 64 bits. */
export function wrappedQuad(b: Body, depth: number, clean = false): Integer {
  return wrapped64(quad(b, depth, clean));
}

function leaf(b: Body, clean: boolean): Integer {
  const { random } = b;
  const variables = clean ? b.quads.filter((variable) => !variable.tainted) : b.quads;
  const refs = b.liveRefs.filter((ref) => !clean || !ref.shared);
  const shape = random.weighted([
    [3, "constant"],
    [variables.length > 0 ? 6 : 0, "variable"],
    [refs.length > 0 ? 6 : 0, "field"],
    [1, "table"],
  ] as const);
  if (shape === "variable") return random.pick(variables);
  if (shape === "table") return tableRead(b, clean) ?? someConstant(b);
  const place = shape === "field" ? integerPlace(b, random.pick(refs), ({ bits }) => bits === 64) : null;
  if (place === null) return someConstant(b);
  return { ...ofField(place.field, !clean), text: place.read };
}

function tableRead(b: Body, clean: boolean): Integer | null {
  const tables = b.module.tables.filter((table) => table.is64);
  if (tables.length === 0) return null;
  const table = b.random.pick(tables);
  return { ...table.element, text: `${table.name}.at(${indexBelow(b, table.length, clean).text})` };
}

function someConstant(b: Body): Integer {
  return constant64(b.random.chance(0.7) ? b.random.pick(INTERESTING) : b.random.quad());
}

function near(value: Integer): Integer {
  return value.low >= -FAR && value.high <= FAR ? value : { ...wrapped64(value), low: 0n, high: U64_HIGH };
}

function arithmetic(b: Body, depth: number, clean: boolean): Integer {
  const [left, right] = [near(quad(b, depth, clean)), near(quad(b, depth, clean))];
  switch (b.random.below(3)) {
    case 0:
      return operation(`(${left.text} + ${right.text})`, left.low + right.low, left.high + right.high, [left, right]);
    case 1:
      return operation(`(${left.text} - ${right.text})`, left.low - right.high, left.high - right.low, [left, right]);
    default: {
      const corners = [left.low * right.low, left.low * right.high, left.high * right.low, left.high * right.high];
      return operation(`(${left.text} * ${right.text})`, corners.reduce(smaller), corners.reduce(larger), [
        left,
        right,
      ]);
    }
  }
}

function bits(b: Body, depth: number, clean: boolean): Integer {
  const [left, right] = [wrappedQuad(b, depth, clean), wrappedQuad(b, depth, clean)];
  const operator = b.random.pick(["&", "|", "^"]);
  const high = operator === "&" ? smaller(left.high, right.high) : U64_HIGH;
  return operation(`(${left.text} ${operator} ${right.text})`, 0n, high, [left, right]);
}

function shift(b: Body, depth: number, clean: boolean): Integer {
  const isLeft = b.random.chance(0.5);
  const left = isLeft ? near(quad(b, depth, clean)) : wrappedQuad(b, depth, clean);
  const constantAmount = b.random.chance(0.5) ? BigInt(b.random.below(64)) : null;
  const wrapped = constantAmount === null ? wrappedQuad(b, depth - 1, clean) : null;
  const amount = wrapped === null ? `${constantAmount ?? 0n}n` : `(${wrapped.text} & 63n)`;
  const operands = wrapped === null ? [left] : [left, wrapped];
  if (!isLeft) return operation(`(${left.text} >> ${amount})`, 0n, left.high, operands);
  const [low, high] = [left.low < 0n ? left.low << 63n : 0n, left.high < 0n ? 0n : left.high << 63n];
  return operation(`(${left.text} << ${amount})`, low, high, operands);
}

function division(b: Body, depth: number, clean: boolean): Integer {
  const left = wrappedQuad(b, depth, clean);
  const some = wrappedQuad(b, depth, clean);
  const right = some.low >= 1n ? some : operation(`(${some.text} | 1n)`, 1n, U64_HIGH, [some]);
  const isQuotient = b.random.chance(0.5);
  const high = isQuotient ? left.high : smaller(left.high, right.high - 1n);
  return operation(`(${left.text} ${isQuotient ? "/" : "%"} ${right.text})`, 0n, high, [left, right]);
}

function fromInt(b: Body, depth: number, clean: boolean): Integer {
  const value = integer(b, depth, clean);
  if (value.low >= 0n) return operation(`BigInt(${value.text})`, value.low, smaller(value.high, EXACT), [value]);
  return operation(`BigInt(${value.text} >>> 0)`, 0n, 0xffffffffn, [value]);
}

function choice(b: Body, depth: number, clean: boolean): Integer {
  const test = condition(b, depth);
  const [yes, no] = [wrappedQuad(b, depth, clean), wrappedQuad(b, depth, clean)];
  const text = `(${test} ? ${yes.text} : ${no.text})`;
  return operation(text, smaller(yes.low, no.low), larger(yes.high, no.high), [yes, no]);
}

function call(b: Body, depth: number, clean: boolean): Integer {
  const called = clean ? null : callFor(b, "u64", depth);
  if (called === null) return arithmetic(b, depth, clean);
  return { text: called.text, low: 0n, high: U64_HIGH, tainted: true };
}
