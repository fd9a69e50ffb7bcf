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
  /** By value: the values that read it and have to be told when it changes. */
  readonly readers: readonly (readonly Value[] | undefined)[];
  /** By value: the blocks whose branch it decides. */
  readonly decides: readonly (readonly Block[] | undefined)[];
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
  const readers = new Array<Value[] | undefined>(fn.nextValue).fill(undefined);
  const decides = new Array<Block[] | undefined>(fn.nextValue).fill(undefined);
  const home = new Array<Block | undefined>(fn.nextValue).fill(undefined);
  for (const block of fn.blocks) {
    for (const value of block.phis) value.range = null;
    for (const value of block.body) value.range = null;
  }
  for (const block of order) {
    for (const values of [block.phis, block.body]) {
      for (const value of values) {
        home[value.id] = block;
        for (const operand of operandsOf(value.op)) if (mayChange(operand)) append(readers, operand.id, value);
      }
    }
    if (block.end?.kind === "branch") append(decides, block.end.condition.id, block);
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

/** Has everything that reads this value looked at again. */
export function touchReaders(flow: Dataflow, value: Value): void {
  const readers = flow.readers[value.id];
  if (readers !== undefined) {
    for (const reader of readers) {
      const home = flow.home[reader.id];
      if (home === undefined) continue;
      flow.isStale[reader.id] = 1;
      flow.isPending[home.id] = 1;
    }
  }
  const decided = flow.decides[value.id];
  if (decided !== undefined) for (const block of decided) flow.isPending[block.id] = 1;
}

/** Marks all values of a block that is entered for the first time. */
export function touchAll(flow: Dataflow, block: Block): void {
  flow.isPending[block.id] = 1;
  for (const value of block.phis) flow.isStale[value.id] = 1;
  for (const value of block.body) flow.isStale[value.id] = 1;
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

/** False for what is known once and for all when its block is entered, which is before anybody reads it. */
function mayChange({ op }: Value): boolean {
  switch (op.kind) {
    case "const":
    case "param":
    case "load":
    case "helper":
    case "invoke":
    case "mapAddress":
    case "mapValueAddress":
    case "slotAddress":
    case "slotStart":
      return false;
    default:
      return true;
  }
}

function append<Item>(lists: (Item[] | undefined)[], index: number, item: Item): void {
  const list = lists[index];
  if (list === undefined) lists[index] = [item];
  else list.push(item);
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
