/**
 * Branch folding: a branch whose outcome is known becomes a jump.
 *
 * The outcome is known when the condition has one value, and also when one side cannot be entered: because a value in it is never
 * computed by what the analysis found.
 */
import type { Block, IrFunction } from "../ir/ir.ts";
import { successorsOf } from "../ir/ir.ts";
import { isSingle } from "../ranges/interval.ts";
import { branchToJump } from "./graph-edit.ts";

export function foldBranches(fn: IrFunction): void {
  const dead = findNeverEntered(fn);
  for (const block of fn.blocks) {
    const end = block.end;
    if (end?.kind !== "branch") continue;
    const condition = end.condition.range;
    if (isSingle(condition)) branchToJump(block, condition.low === 1n ? end.ifTrue : end.ifFalse);
    else if (dead.has(end.ifTrue)) branchToJump(block, end.ifFalse);
    else if (dead.has(end.ifFalse)) branchToJump(block, end.ifTrue);
  }
}

/** Blocks with a value that is never computed, and blocks from which every way leads into such a block. */
function findNeverEntered(fn: IrFunction): ReadonlySet<Block> {
  const dead = new Set<Block>(fn.blocks.filter(hasUncomputedValue));
  const waiting = [...dead];
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    for (const pred of block.preds) {
      if (dead.has(pred) || !successorsOf(pred.end).every((successor) => dead.has(successor))) continue;
      dead.add(pred);
      waiting.push(pred);
    }
  }
  const [entry] = fn.blocks;
  if (entry !== undefined && dead.has(entry)) throw new Error(`${fn.name} is optimised before its ranges are known`);
  return dead;
}

function hasUncomputedValue(block: Block): boolean {
  const isUncomputed = (value: Block["body"][number]): boolean => value.range === null && value.type !== "none";
  return block.phis.some(isUncomputed) || block.body.some(isUncomputed);
}
