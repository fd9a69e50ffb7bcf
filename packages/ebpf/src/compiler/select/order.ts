/**
 * The order of blocks: reverse post-order, with what follows a test of bits chosen for the machine.
 *
 * eBPF can jump when any bit of a mask is set and has no jump for the opposite. Where the side that is jumped to has no code of its own,
 * only values for a join, it stands further on, so that the other side follows and a chain of tests runs straight through.
 */
import { reversePostOrder } from "../ir/dominators.ts";
import { type Block, type IrFunction, successorsOf, type Terminator } from "../ir/ir.ts";
import { rootOf } from "./demand.ts";
import { bitsTested } from "./end.ts";

/** @param fn its blocks in reverse post-order */
export function orderForSelection(fn: IrFunction): readonly Block[] {
  const places = new Map(fn.blocks.map((block, place) => [block, place]));
  const leadsOn = (block: Block): boolean => {
    if (block.body.length > 0 || block.end?.kind !== "jump") return false;
    // Out of the way of a loop's body only: the block that jumps back stays where the loop ends.
    return (places.get(block.end.target) ?? 0) > (places.get(block) ?? 0);
  };
  let isChanged = false;
  const successors = (end: Terminator | null): readonly Block[] => {
    const usual = successorsOf(end);
    const target = end === null ? null : jumpedTo(end);
    // The first one follows.
    if (target === null || usual[0] !== target || !leadsOn(target)) return usual;
    isChanged = true;
    return [...usual].reverse();
  };
  const order = reversePostOrder(fn, successors);
  return isChanged ? order : fn.blocks;
}

/** The side of a branch for which the machine has a jump, if it has none for the other. */
function jumpedTo(end: Terminator): Block | null {
  if (end.kind !== "branch") return null;
  const condition = rootOf(end.condition);
  const isNegated = condition.op.kind === "not";
  const tested = bitsTested(condition.op.kind === "not" ? rootOf(condition.op.value) : condition);
  if (tested === null) return null;
  return tested.holds !== isNegated ? end.ifTrue : end.ifFalse;
}
