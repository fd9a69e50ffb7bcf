/**
 * The graph as the interval analysis walks it: blocks in order, who reads what, and what has to be looked at again.
 *
 * Tables are indexed by the ids of values and blocks. An edge is the bit of a block's successor: 1 for a jump's target or the true
 * side of a branch, 2 for the false side.
 */
import { reversePostOrder } from "../ir/dominators.ts";
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { operandsOf, successorsOf } from "../ir/ir.ts";

export interface Dataflow {
  /** The blocks that can be reached when conditions are ignored, in reverse post-order. */
  readonly order: readonly Block[];
  /** By value: the values that read it. */
  readonly readers: readonly (readonly Value[])[];
  /** By value: the blocks whose branch it decides. */
  readonly decides: readonly (readonly Block[])[];
  /** By value: the block that computes it. */
  readonly home: readonly (Block | undefined)[];
  /** By block: 1 where an edge comes back from a block that is not earlier in the order. */
  readonly isLoopHeader: Uint8Array;
  /** By value: 1 when it has to be computed again. */
  readonly isStale: Uint8Array;
  /** By block: 1 when one of its values is stale or its end has to be looked at again. */
  readonly isPending: Uint8Array;
  /** By block: the edges out of it that can be taken. */
  readonly liveEdges: Uint8Array;
}

/** Prepares the walk and forgets what an earlier one found out. */
export function startDataflow(fn: IrFunction): Dataflow {
  const order = reversePostOrder(fn);
  const readers: Value[][] = Array.from({ length: fn.nextValue }, () => []);
  const decides: Block[][] = Array.from({ length: fn.nextValue }, () => []);
  const home: (Block | undefined)[] = Array.from({ length: fn.nextValue }, () => undefined);
  for (const value of fn.blocks.flatMap(valuesOf)) value.range = null;
  for (const block of order) {
    for (const value of valuesOf(block)) {
      home[value.id] = block;
      for (const operand of operandsOf(value.op)) readers[operand.id]?.push(value);
    }
    if (block.end?.kind === "branch") decides[block.end.condition.id]?.push(block);
  }
  return {
    order,
    readers,
    decides,
    home,
    isLoopHeader: findLoopHeaders(fn, order),
    isStale: new Uint8Array(fn.nextValue),
    isPending: new Uint8Array(fn.nextBlock),
    liveEdges: new Uint8Array(fn.nextBlock),
  };
}

export function valuesOf(block: Block): Value[] {
  return block.phis.length === 0 ? block.body : [...block.phis, ...block.body];
}

/** Has everything that reads this value looked at again. */
export function touchReaders(flow: Dataflow, value: Value): void {
  for (const reader of flow.readers[value.id] ?? []) {
    const home = flow.home[reader.id];
    if (home === undefined) continue;
    flow.isStale[reader.id] = 1;
    flow.isPending[home.id] = 1;
  }
  for (const block of flow.decides[value.id] ?? []) flow.isPending[block.id] = 1;
}

/** True when the edge from `pred` to `block` can be taken. */
export function isLiveEdge(flow: Dataflow, pred: Block, block: Block): boolean {
  return ((flow.liveEdges[pred.id] ?? 0) & edgeBit(pred, block)) !== 0;
}

/** The edges that the end of a block can take by what is known of its condition. */
export function takenEdges(block: Block): number {
  const end = block.end;
  if (end === null || end.kind === "return") return 0;
  if (end.kind === "jump") return 1;
  const condition = end.condition.range;
  if (condition === null) return 0;
  return (condition.high === 1n ? 1 : 0) | (condition.low === 0n ? 2 : 0);
}

/** True when control can never come to the end of the block: a condition that was known to hold there leaves no value at all. */
export function isContradicted(block: Block): boolean {
  return block.body.some((value) => value.range === null && value.op.kind === "refine");
}

function edgeBit(pred: Block, block: Block): number {
  return pred.end?.kind === "branch" && pred.end.ifTrue !== block ? 2 : 1;
}

function findLoopHeaders(fn: IrFunction, order: readonly Block[]): Uint8Array {
  const place = new Int32Array(fn.nextBlock);
  const isLoopHeader = new Uint8Array(fn.nextBlock);
  order.forEach((block, index) => {
    place[block.id] = index;
  });
  for (const block of order) {
    for (const successor of successorsOf(block.end)) {
      if ((place[successor.id] ?? 0) <= (place[block.id] ?? 0)) isLoopHeader[successor.id] = 1;
    }
  }
  return isLoopHeader;
}
