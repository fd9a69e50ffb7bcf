/**
 * Dominators: which blocks every path to a block goes through.
 *
 * The iterative algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm", 2001) over reverse post-order. Blocks
 * that cannot be reached from the entry have neither an order nor a dominator.
 */
import type { Block, IrFunction } from "./ir.ts";
import { successorsOf } from "./ir.ts";

export interface Dominators {
  /** The reachable blocks in reverse post-order, the entry first. */
  readonly order: readonly Block[];
  isReachable(block: Block): boolean;
  /** The closest other block on every path from the entry; `null` for the entry. */
  immediate(block: Block): Block | null;
  /** The blocks whose immediate dominator this is, in reverse post-order. */
  children(block: Block): readonly Block[];
  /** True when every path to `below` goes through `above`; a block dominates itself. */
  dominates(above: Block, below: Block): boolean;
}

/**
 * The reachable blocks so that, back edges aside, each comes after all its predecessors.
 *
 * @param successors of a block; the first one follows it as closely as it can, so that the false side of a branch comes last
 */
export function reversePostOrder(
  fn: IrFunction,
  successors: (end: Block["end"]) => readonly Block[] = successorsOf,
): Block[] {
  const entry = fn.blocks[0];
  if (entry === undefined) return [];
  const seen = new Uint8Array(fn.nextBlock);
  const finished: Block[] = [];
  // An explicit stack: generated programs may be deeper than the engine's call stack.
  const stack: { readonly block: Block; readonly successors: readonly Block[]; next: number }[] = [];
  const enter = (block: Block): void => {
    seen[block.id] = 1;
    const next = successors(block.end);
    stack.push({ block, successors: next, next: next.length - 1 });
  };
  enter(entry);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const successor = top.successors[top.next];
    top.next -= 1;
    if (successor === undefined) {
      finished.push(top.block);
      stack.pop();
    } else if (seen[successor.id] === 0) {
      enter(successor);
    }
  }
  return finished.reverse();
}

/** Computes the dominator tree of the reachable blocks. It describes the graph of this moment and does not follow later changes. */
export function findDominators(fn: IrFunction): Dominators {
  const order = reversePostOrder(fn);
  const place = new Int32Array(fn.nextBlock).fill(-1);
  order.forEach((block, index) => {
    place[block.id] = index;
  });
  const parents = immediateDominators(order, place);
  const { children, first, last } = numberTree(order, parents);
  const placeOf = (block: Block): number => place[block.id] ?? -1;
  return {
    order,
    isReachable: (block) => placeOf(block) >= 0,
    immediate: (block) => (placeOf(block) > 0 ? (order[parents[placeOf(block)] ?? 0] ?? null) : null),
    children: (block) => children[placeOf(block)] ?? [],
    dominates(above, below) {
      const a = placeOf(above);
      const b = placeOf(below);
      return a >= 0 && b >= 0 && (first[a] ?? 0) <= (first[b] ?? 0) && (last[b] ?? 0) <= (last[a] ?? 0);
    },
  };
}

/** For each place in the order the place of its immediate dominator; the entry is its own. */
function immediateDominators(order: readonly Block[], place: Int32Array): Int32Array {
  const parents = new Int32Array(order.length).fill(-1);
  parents[0] = 0;
  const meet = (left: number, right: number): number => {
    while (left !== right) {
      if (left > right) left = parents[left] ?? 0;
      else right = parents[right] ?? 0;
    }
    return left;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [index, block] of order.entries()) {
      if (index === 0) continue;
      let parent = -1;
      for (const pred of block.preds) {
        const from = place[pred.id] ?? -1;
        if (from < 0 || parents[from] === -1) continue;
        parent = parent === -1 ? from : meet(parent, from);
      }
      if (parents[index] !== parent) {
        parents[index] = parent;
        changed = true;
      }
    }
  }
  return parents;
}

/** Children of each block and the times a walk of the tree enters and leaves it, so that dominance is two comparisons. */
function numberTree(
  order: readonly Block[],
  parents: Int32Array,
): { readonly children: readonly Block[][]; readonly first: Int32Array; readonly last: Int32Array } {
  const children: Block[][] = order.map(() => []);
  const sizes = new Int32Array(order.length).fill(1);
  for (let index = order.length - 1; index > 0; index -= 1) {
    const parent = parents[index] ?? 0;
    sizes[parent] = (sizes[parent] ?? 0) + (sizes[index] ?? 0);
  }
  // A parent comes before its children in the order, so its own interval is known when they ask for theirs.
  const first = new Int32Array(order.length);
  const last = new Int32Array(order.length);
  const free = new Int32Array(order.length);
  for (const [index, block] of order.entries()) {
    const parent = parents[index] ?? 0;
    const start = index === 0 ? 0 : (free[parent] ?? 0);
    first[index] = start;
    last[index] = start + (sizes[index] ?? 1) - 1;
    free[index] = start + 1;
    if (index > 0) {
      free[parent] = start + (sizes[index] ?? 1);
      children[parent]?.push(block);
    }
  }
  return { children, first, last };
}
