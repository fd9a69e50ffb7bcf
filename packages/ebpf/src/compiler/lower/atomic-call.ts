/**
 * Atomic operations on fields: `atomicAdd(ref, "packets", 1n)` and its like.
 */
import { refuse } from "../diagnostic.ts";
import type { AtomicOperator, Fit, Value } from "../ir/ir.ts";
import type { ExpressionOf, Span } from "../tree.ts";
import { wrapped } from "./arithmetic.ts";
import { INT_LIMIT } from "./builder.ts";
import { expectArgs } from "./call.ts";
import type { Entity } from "./entity.ts";
import { expectInt, expectU64 } from "./expect.ts";
import type { Lowering } from "./lowering.ts";
import { expectRef, fieldOf } from "./memory.ts";

interface Atomic {
  readonly operator: AtomicOperator;
  readonly givesOld: boolean;
}

const ATOMICS: ReadonlyMap<string, Atomic> = new Map([
  ["atomicAdd", { operator: "add", givesOld: false }],
  ["atomicOr", { operator: "or", givesOld: false }],
  ["atomicAnd", { operator: "and", givesOld: false }],
  ["atomicXor", { operator: "xor", givesOld: false }],
  ["atomicFetchAdd", { operator: "add", givesOld: true }],
  ["atomicExchange", { operator: "exchange", givesOld: true }],
  ["atomicCompareExchange", { operator: "compareExchange", givesOld: true }],
]);

const U32_MAX = 2n ** 32n - 1n;
const NOTHING: Entity = { kind: "void" };

/** The atomic of this name of the language, if there is one. */
export function findAtomic(name: string): Atomic | undefined {
  return ATOMICS.get(name);
}

export function callAtomic(l: Lowering, { operator, givesOld }: Atomic, call: ExpressionOf<"call">): Entity {
  const { at } = call;
  const isExchange = operator === "compareExchange";
  const [ref, field, first, second] = expectArgs(l, call, isExchange ? 4 : 3);
  const { base, offset, size } = atomicField(l, ref ?? NOTHING, field ?? NOTHING, call.args[1]?.at ?? at, at);
  const expected = isExchange ? expectedValue(l, first ?? NOTHING, size, call.args[2]?.at ?? at) : null;
  const last = call.args.at(-1)?.at ?? at;
  const value = operand(l, operator, (isExchange ? second : first) ?? NOTHING, size, last);
  const type = size === 8 ? "u64" : "int";
  const old = l.emit({ kind: "atomic", operator, base, offset, size, value, expected }, givesOld ? type : "none", at);
  return givesOld ? { kind: type, value: old } : NOTHING;
}

function operand(l: Lowering, operator: AtomicOperator, entity: Entity, size: 4 | 8, at: Span): Value {
  if (size === 8) return expectU64(entity, "the operand", at);
  const value = expectInt(entity, "the operand", at);
  if (operator !== "add") return value;
  // V8 adds numbers, which must not round whatever the field holds.
  const fit: Fit = {
    ...{ low: -INT_LIMIT, high: INT_LIMIT - U32_MAX },
    ...{ rule: "E301", subject: "the operand", write: "narrow it with & or >>> 0" },
  };
  return l.fit(value, fit, at);
}

/** What the field is compared with: exactly a value that it can hold, since only its low bits would be looked at. */
function expectedValue(l: Lowering, entity: Entity, size: 4 | 8, at: Span): Value {
  const subject = "the expected value";
  if (size === 8) return wrapped(l, expectU64(entity, subject, at), subject, at);
  const fit: Fit = { low: 0n, high: U32_MAX, rule: "E302", subject, write: "make it unsigned with >>> 0" };
  return l.fit(expectInt(entity, subject, at), fit, at);
}

function atomicField(l: Lowering, ref: Entity, name: Entity, nameAt: Span, at: Span) {
  if (name.kind !== "string")
    return refuse("E408", nameAt, "the field is named by a string", 'atomicAdd(ref, "packets", 1n)');
  const field = fieldOf(l, expectRef(l, ref, "the first argument", at), name.value, nameAt);
  const { kind } = field;
  if (kind.kind !== "int" || (kind.bits !== 32 && kind.bits !== 64) || kind.signed || kind.raw || field.swapped) {
    const write = "atomics work on u32 and u64 fields in host order";
    return refuse("E408", nameAt, `"${name.value}" cannot be changed atomically`, write);
  }
  const { place } = field.region;
  if (place === "packet" || place === "context")
    return refuse("E408", at, `a ${place} has no atomics`, "assign the field: only one CPU sees it");
  return { base: field.base, offset: field.offset, size: kind.bits === 32 ? 4 : 8 } as const;
}
