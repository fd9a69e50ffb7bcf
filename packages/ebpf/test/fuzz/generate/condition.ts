/**
 * Generated conditions.
 */
import type { Body } from "./body.ts";
import { callFor } from "./call.ts";
import { constant } from "./expression.ts";
import { fieldRead, integer, someConstant } from "./integer.ts";
import { wrappedQuad } from "./quad.ts";

const COMPARISONS = ["===", "!==", "<", "<=", ">", ">="] as const;

export function condition(b: Body, depth: number): string {
  const shape = b.random.weighted([
    [8, compareNumbers],
    [3, compareQuads],
    [2, compareField],
    [b.booleans.length > 0 ? 3 : 0, variable],
    [depth > 0 ? 3 : 0, both],
    [depth > 0 ? 2 : 0, negated],
    [depth > 0 ? 1 : 0, compareBooleans],
    [2, vectors],
    [1, call],
    [b.module.flags.length > 0 ? 1 : 0, flag],
  ]);
  return shape(b, depth - 1);
}

function compareNumbers(b: Body, depth: number): string {
  const left = integer(b, depth);
  const right = b.random.chance(0.5) ? someConstant(b) : integer(b, depth);
  return `(${left.text} ${b.random.pick(COMPARISONS)} ${right.text})`;
}

/** Against a number that the field may well hold. */
function compareField(b: Body, depth: number): string {
  const refs = b.liveRefs;
  const read = refs.length === 0 ? null : fieldRead(b, b.random.pick(refs));
  if (read === null) return compareNumbers(b, depth);
  const other = constant(b.random.pick([read.low, read.high, 0n, 1n, (read.high + 1n) / 2n]));
  return `(${read.text} ${b.random.pick(COMPARISONS)} ${other.text})`;
}

function compareQuads(b: Body, depth: number): string {
  const [left, right] = [wrappedQuad(b, depth), wrappedQuad(b, depth)];
  return `(${left.text} ${b.random.pick(COMPARISONS)} ${right.text})`;
}

function variable(b: Body): string {
  return b.random.pick(b.booleans);
}

function both(b: Body, depth: number): string {
  return `(${condition(b, depth)} ${b.random.pick(["&&", "||"])} ${condition(b, depth)})`;
}

function negated(b: Body, depth: number): string {
  return `!${condition(b, depth)}`;
}

function compareBooleans(b: Body, depth: number): string {
  return `(${condition(b, depth)} ${b.random.pick(["===", "!=="])} ${condition(b, depth)})`;
}

/** Bytes against bytes: whole layouts and vectors. */
function vectors(b: Body, depth: number): string {
  const refs = b.liveRefs;
  if (refs.length === 0) return compareNumbers(b, depth);
  const one = b.random.pick(refs);
  const like = refs.filter((ref) => ref.layout === one.layout);
  const other = b.random.pick(like);
  const vector = one.layout.fields.find((field) => field.kind === "vector");
  if (vector !== undefined && b.random.chance(0.5)) {
    return `${one.text}.${vector.name}.equals(${other.text}.${vector.name})`;
  }
  return `equal(${one.text}, ${other.text})`;
}

function call(b: Body, depth: number): string {
  return callFor(b, "boolean", depth)?.text ?? compareNumbers(b, depth);
}

function flag(b: Body): string {
  return b.random.pick(b.module.flags);
}
