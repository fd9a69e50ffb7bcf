/**
 * Block order: reverse post-order, so that `select` meets every value before its uses and the true side of a branch comes first.
 */
import { reversePostOrder } from "../ir/dominators.ts";
import type { IrFunction } from "../ir/ir.ts";

/** Expects that every block is reachable. */
export function orderBlocks(fn: IrFunction): void {
  fn.blocks = reversePostOrder(fn);
}
