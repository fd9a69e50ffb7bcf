/**
 * Block merging: a block and the only block that jumps to it become one.
 */
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { successorsOf } from "../ir/ir.ts";
import { inputsOf, replaceUses } from "./graph-edit.ts";

export function mergeBlocks(fn: IrFunction): void {
  const merged = new Set<Block>();
  const replacements = new Map<Value, Value>();
  for (const block of fn.blocks) {
    if (merged.has(block)) continue;
    for (let next = onlyFollower(block); next !== null; next = onlyFollower(block)) {
      absorb(block, next, replacements);
      merged.add(next);
    }
  }
  fn.blocks = fn.blocks.filter((block) => !merged.has(block));
  replaceUses(fn, replacements);
}

function onlyFollower(block: Block): Block | null {
  if (block.end?.kind !== "jump") return null;
  const { target } = block.end;
  return target !== block && target.preds.length === 1 ? target : null;
}

/** Appends `next` to `block`. Whether it is cold was said of the way into `block`; nothing is decided between the two. */
function absorb(block: Block, next: Block, replacements: Map<Value, Value>): void {
  for (const phi of next.phis) {
    const [input] = inputsOf(phi);
    if (input !== undefined) replacements.set(phi, input);
  }
  block.body.push(...next.body);
  block.end = next.end;
  for (const successor of successorsOf(next.end)) {
    successor.preds = successor.preds.map((pred) => (pred === next ? block : pred));
  }
}
