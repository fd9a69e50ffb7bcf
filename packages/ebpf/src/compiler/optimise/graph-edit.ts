/**
 * Small changes to the graph that keep both ends of an edge and the phis at its end in step.
 */
import type { Block, IrFunction, Operation, Range, Value, ValueType } from "../ir/ir.ts";
import { mapOperands, operandsOf, successorsOf } from "../ir/ir.ts";
import type { Span } from "../tree.ts";

/** Makes a value that stands nowhere yet. */
export function newValue(fn: IrFunction, type: ValueType, at: Span, op: Operation, range: Range | null): Value {
  const value: Value = { id: fn.nextValue, type, at, op, range };
  fn.nextValue += 1;
  return value;
}

/** Makes an empty block at the end of the function. */
export function newBlock(fn: IrFunction, cold: boolean): Block {
  const block: Block = { id: fn.nextBlock, phis: [], body: [], end: null, preds: [], cold };
  fn.nextBlock += 1;
  fn.blocks.push(block);
  return block;
}

/** The inputs of a phi in the order of its block's predecessors, to be read or changed. */
export function inputsOf(phi: Value): Value[] {
  return phi.op.kind === "phi" ? phi.op.inputs : [];
}

/** `to` no longer has `from` as a predecessor. The end of `from` is left to the caller. */
export function removePredecessor(to: Block, from: Block): void {
  const index = to.preds.indexOf(from);
  if (index < 0) return;
  to.preds.splice(index, 1);
  for (const phi of to.phis) inputsOf(phi).splice(index, 1);
}

/** The block's branch becomes a jump to `target`, one of its two sides. */
export function branchToJump(block: Block, target: Block): void {
  for (const successor of successorsOf(block.end)) {
    if (successor !== target) removePredecessor(successor, block);
  }
  if (block.end !== null) block.end = { kind: "jump", target, at: block.end.at };
}

/** Takes away blocks, and the edges out of them. */
export function removeBlocks(fn: IrFunction, isRemoved: (block: Block) => boolean): void {
  for (const block of fn.blocks) {
    if (!isRemoved(block)) continue;
    for (const successor of successorsOf(block.end)) if (!isRemoved(successor)) removePredecessor(successor, block);
  }
  fn.blocks = fn.blocks.filter((block) => !isRemoved(block));
}

/** Reads of each key become reads of its value. A value that is itself replaced leads on to the next. */
export function replaceUses(fn: IrFunction, replacements: ReadonlyMap<Value, Value>): void {
  if (replacements.size === 0) return;
  const current = (value: Value): Value => follow(replacements, value);
  for (const block of fn.blocks) {
    for (const phi of block.phis) {
      const inputs = inputsOf(phi);
      for (let index = 0; index < inputs.length; index += 1) {
        const input = inputs[index];
        if (input !== undefined) inputs[index] = current(input);
      }
    }
    for (const value of block.body) replaceOperands(value, replacements);
    const end = block.end;
    if (end?.kind === "branch") block.end = { ...end, condition: current(end.condition) };
    else if (end?.kind === "return" && end.value !== null) block.end = { ...end, value: current(end.value) };
  }
}

/** The same for the operands of one value. */
export function replaceOperands(value: Value, replacements: ReadonlyMap<Value, Value>): void {
  if (readsReplaced(value.op, replacements)) {
    value.op = mapOperands(value.op, (operand) => follow(replacements, operand));
  }
}

/** Asked of every value by every pass, so the common operations are looked at without making a list. */
function readsReplaced(op: Operation, replacements: ReadonlyMap<Value, Value>): boolean {
  switch (op.kind) {
    case "const":
    case "slotStart":
    case "slotAddress":
    case "mapAddress":
      return false;
    case "load":
      return replacements.has(op.base);
    case "store":
      return replacements.has(op.base) || replacements.has(op.value);
    case "offset":
      return replacements.has(op.base) || replacements.has(op.amount);
    case "arith":
    case "bits":
    case "bits64":
    case "compare":
      return replacements.has(op.left) || replacements.has(op.right);
    case "refine":
      return replacements.has(op.value) || replacements.has(op.other);
    default:
      return operandsOf(op).some((operand) => replacements.has(operand));
  }
}

/** What finally stands for a value. */
export function follow(replacements: ReadonlyMap<Value, Value>, value: Value): Value {
  let current = value;
  for (let next = replacements.get(current); next !== undefined; next = replacements.get(current)) current = next;
  return current;
}
