/**
 * Constant folding and algebraic identities, led by intervals.
 *
 * A value that can only be one number becomes that number. An operation that changes nothing, `x + 0`, a mask wider than its operand,
 * `>>> 0` of what is a uint32 already, gives way to its operand. Constants move to the right side.
 */
import { reversePostOrder } from "../ir/dominators.ts";
import type { Block, IrFunction, Range, Value } from "../ir/ir.ts";
import { isPure } from "../ir/ir.ts";
import { intersect, isSingle, join } from "../ranges/interval.ts";
import type { PlainValue } from "../ranges/transfer.ts";
import { rangeOf } from "../ranges/transfer.ts";
import { inputsOf, replaceOperands, replaceUses } from "./graph-edit.ts";
import { equivalentOperand, normalise } from "./identities.ts";
import { restate, saysAsMuch } from "./same-value.ts";

export function simplifyValues(fn: IrFunction): void {
  const replacements = new Map<Value, Value>();
  for (const block of reversePostOrder(fn)) {
    foldPhis(block);
    for (const value of block.body) {
      replaceOperands(value, replacements);
      simplify(value, replacements);
    }
  }
  replaceUses(fn, replacements);
}

/** Phis that can only be one number become constants at the start of the body. */
function foldPhis(block: Block): void {
  for (const phi of block.phis) {
    let range: Range | null = null;
    for (const input of inputsOf(phi)) range = join(range, input.range);
    phi.range = intersect(phi.range, range);
    if (canFold(phi)) phi.op = { kind: "const", value: phi.range.low };
  }
  const constants = block.phis.filter((phi) => phi.op.kind === "const");
  if (constants.length === 0) return;
  block.phis = block.phis.filter((phi) => phi.op.kind === "phi");
  block.body.unshift(...constants);
}

function simplify(value: Value, replacements: Map<Value, Value>): void {
  if (!isComputed(value)) return;
  // Passes before this one may have taken away what made the range so wide.
  if (value.range !== null) value.range = intersect(value.range, rangeOf(value as PlainValue)) ?? value.range;
  if (canFold(value)) {
    value.op = { kind: "const", value: value.range.low };
    return;
  }
  value.op = normalise(value.op);
  const original = equivalentOperand(value);
  if (original === null) return;
  if (saysAsMuch(original, value)) replacements.set(value, original);
  else if (value.op.kind !== "fit" && value.op.kind !== "refine") restate(value, original);
}

/** False for what stands for itself or comes from outside: there is nothing to simplify. */
function isComputed(value: Value): boolean {
  const { kind } = value.op;
  return kind !== "const" && kind !== "load" && kind !== "store" && kind !== "helper" && kind !== "phi";
}

/** Of pointers only the null reference is a constant. */
function canFold(value: Value): value is Value & { range: Range } {
  return isPure(value.op) && isSingle(value.range) && (value.type !== "pointer" || value.range.low === 0n);
}
