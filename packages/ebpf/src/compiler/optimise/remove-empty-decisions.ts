/**
 * Empty decisions: a branch whose two sides do nothing and merge nothing is not worth its comparison.
 *
 * They remain where configuration has taken away what was done on one side. The condition is dropped when nobody else reads it.
 */
import type { Block, IrFunction } from "../ir/ir.ts";
import { branchToJump, inputsOf } from "./graph-edit.ts";
import { mergeBlocks } from "./merge-blocks.ts";
import { removeDeadValues } from "./remove-dead-values.ts";
import { removeUnreachable } from "./remove-unreachable.ts";

export function removeEmptyDecisions(fn: IrFunction): void {
  // A decision around an empty one is empty only when that one and its condition are gone.
  while (removeInnermost(fn)) {
    removeUnreachable(fn);
    removeDeadValues(fn);
    mergeBlocks(fn);
  }
}

function removeInnermost(fn: IrFunction): boolean {
  let found = false;
  for (const block of fn.blocks) {
    if (block.end?.kind !== "branch") continue;
    const { ifTrue, ifFalse } = block.end;
    const meeting = nextOf(ifTrue);
    if (meeting === null || !isEmptyWay(ifTrue) || !isEmptyWay(ifFalse) || nextOf(ifFalse) !== meeting) continue;
    const left = meeting.preds.indexOf(ifTrue);
    const right = meeting.preds.indexOf(ifFalse);
    if (meeting.phis.some((phi) => inputsOf(phi)[left] !== inputsOf(phi)[right])) continue;
    branchToJump(block, ifTrue);
    found = true;
  }
  return found;
}

function nextOf(block: Block): Block | null {
  return block.end?.kind === "jump" ? block.end.target : null;
}

/** A block that is entered from one place and goes on without having done anything. */
function isEmptyWay(block: Block): boolean {
  return block.preds.length === 1 && block.phis.length === 0 && block.body.length === 0;
}
