/**
 * Unreachable block removal: blocks that no path from the entry leads to go, and with them the edges they had.
 */
import { reversePostOrder } from "../ir/dominators.ts";
import type { IrFunction } from "../ir/ir.ts";
import { removeBlocks } from "./graph-edit.ts";

export function removeUnreachable(fn: IrFunction): void {
  const reachable = new Set(reversePostOrder(fn));
  removeBlocks(fn, (block) => !reachable.has(block));
}
