/**
 * The check behind every rule about integers: no value leaves what its rule allows, no int result leaves ±2^53.
 */
import type { Diagnostic } from "../diagnostic.ts";
import type { ArithmeticOperator, Block, Value } from "../ir/ir.ts";
import { arithmeticRange } from "./arithmetic.ts";
import { EXACT_INT, formatRange, isWithin } from "./interval.ts";

const SIGN: Readonly<Record<ArithmeticOperator, string>> = { add: "+", sub: "-", mul: "*", div: "/", mod: "%" };

/**
 * Every refusal in blocks that can be entered, in the order of the source. A function inlined in several places is refused once for
 * each place of its text.
 */
export function checkRanges(blocks: readonly Block[]): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const block of blocks) {
    for (const value of block.body) {
      const diagnostic = checkValue(value);
      if (diagnostic === null) continue;
      const { at, rule } = diagnostic;
      const place = `${at.source.path}:${at.start}:${at.end}:${rule}`;
      if (!found.has(place)) found.set(place, diagnostic);
    }
  }
  return [...found.values()].sort(bySource);
}

function checkValue(value: Value): Diagnostic | null {
  const op = value.op;
  if (op.kind === "fit") {
    const range = op.value.range;
    if (range === null || isWithin(range, op.fit)) return null;
    const got = `${op.fit.subject} may be ${formatRange(range)}, outside ${formatRange(op.fit)}`;
    return { rule: op.fit.rule, at: value.at, got, write: op.fit.write };
  }
  if (op.kind === "arith" && value.type === "int" && op.left.range !== null && op.right.range !== null) {
    // The value's own range is clipped already; only the operands tell what the exact result would be.
    const range = arithmeticRange(op.operator, op.left.range, op.right.range);
    if (isWithin(range, EXACT_INT) || range === null) return null;
    const got = `the result of '${SIGN[op.operator]}' may be ${formatRange(range)}, outside ±2^53: V8 would round`;
    return { rule: "E301", at: value.at, got, write: "narrow an operand with & or >>> 0, or use u64" };
  }
  return null;
}

function bySource(left: Diagnostic, right: Diagnostic): number {
  if (left.at.source.path !== right.at.source.path) return left.at.source.path < right.at.source.path ? -1 : 1;
  return left.at.start - right.at.start;
}
