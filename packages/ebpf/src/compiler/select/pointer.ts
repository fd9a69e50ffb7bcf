/**
 * Pointers that are moved, and what the verifier is shown so that it can bound them, and the loops, too.
 */
import type { OperationOf, Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import type { Selection } from "./selection.ts";
import { isSeenByVerifier } from "./verifier-knowledge.ts";
import { immediate } from "./writer.ts";

export function selectOffset(s: Selection, value: Value, { base, amount }: OperationOf<"offset">): void {
  const { at } = value;
  if (!isSeenByVerifier(amount)) showBound(s, amount, at);
  const [left, right] = [s.operand(base), s.operand(amount)];
  s.writer.write({ op: "alu", operator: "add", width: 64, dst: s.registerOf(value), left, right, isOffset: true, at });
}

export function selectDistance(s: Selection, value: Value, { from, to }: OperationOf<"distance">): void {
  const [left, right] = [s.operand(to), s.operand(from)];
  s.writer.write({ op: "alu", operator: "sub", width: 64, dst: s.registerOf(value), left, right, at: value.at });
}

/** Rounds that the verifier would follow one by one. */
const MOST_ROUNDS = 0xffffn;

/**
 * In a function with loops a number from outside may be the bound of one, and the verifier, which takes it for any number, would not see
 * the end.
 */
export function showRounds(s: Selection, value: Value): void {
  const { range, type, at } = value;
  if (!s.hasLoops || type !== "int" || range === null || range.low < 0n || range.high > MOST_ROUNDS) return;
  showBound(s, value, at);
}

/**
 * Compares an amount with the most it can be, which the verifier then knows too. The way that is never taken ends the function, as every
 * way must.
 */
function showBound(s: Selection, amount: Value, at: Span): void {
  if (amount.range === null) throw new Error(`v${amount.id} moves a pointer and has no range`);
  const { writer } = s;
  const { cold } = writer.block;
  const [beyond, within] = [writer.newBlockId(), writer.newBlockId()];
  const sides = { left: s.operand(amount), right: immediate(amount.range.high) };
  writer.close({ op: "branch", condition: "u>", width: 64, ...sides, ifTrue: beyond, ifFalse: within, at });
  writer.open(beyond, true);
  writer.close({ op: "return", value: immediate(0n), at });
  writer.open(within, cold);
}
