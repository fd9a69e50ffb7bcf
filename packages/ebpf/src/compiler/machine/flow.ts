/**
 * The control flow of a machine function: reachable blocks in layout order, their edges, and who dominates whom.
 *
 * Blocks are named by their place in `blocks` from here on. The layout is the order given, with two corrections: cold blocks come
 * last, and no block comes before its immediate dominator, so that every definition stands before its uses.
 */

import { item } from "./item.ts";
import type { MachineBlock, MachineFunction } from "./machine.ts";
import { targetsOf } from "./operands.ts";

export interface Flow {
  readonly blocks: readonly MachineBlock[];
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
  /** The immediate dominator of each block; the entry's is itself. Always smaller than the block's own number. */
  readonly dominators: readonly number[];
  /** True where the entry does not lead without passing a cold block. */
  readonly cold: readonly boolean[];
}

/** @throws Error if a block jumps to an id that no block has */
export function flowOf(fn: MachineFunction): Flow {
  const places = new Map(fn.blocks.map((block, place) => [block.id, place]));
  const successors = fn.blocks.map((block) =>
    targetsOf(block.end).map((id) => {
      const place = places.get(id);
      if (place === undefined)
        throw new Error(`Broken invariant: ${fn.name}: block ${block.id} leads to no block ${id}.`);
      return place;
    }),
  );
  const order = reversePostorder(successors);
  const predecessors = invert(order, successors);
  const dominators = immediateDominators(order, predecessors);
  const hot = reachableWhere(successors, (place) => !item(fn.blocks, place).cold);
  const layout = layOut(order, dominators, hot);
  return renumber(fn.blocks, layout, { successors, predecessors, dominators, hot });
}

/** The nearest block that dominates both. */
export function commonDominator(flow: Pick<Flow, "dominators">, a: number, b: number): number {
  // A dominator has a smaller number than what it dominates, so the larger of the two climbs.
  while (a !== b) {
    if (a > b) a = item(flow.dominators, a);
    else b = item(flow.dominators, b);
  }
  return a;
}

function reversePostorder(successors: readonly (readonly number[])[]): readonly number[] {
  const seen = new Set([0]);
  const order: number[] = [];
  const stack = [{ place: 0, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = item(successors, top.place)[top.next++];
    if (target === undefined) {
      order.push(top.place);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ place: target, next: 0 });
    }
  }
  return order.reverse();
}

function invert(order: readonly number[], successors: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const predecessors: number[][] = successors.map(() => []);
  for (const place of order) {
    for (const target of item(successors, place)) item(predecessors, target).push(place);
  }
  return predecessors;
}

/** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */
function immediateDominators(
  order: readonly number[],
  predecessors: readonly (readonly number[])[],
): readonly number[] {
  const rank = new Map(order.map((place, index) => [place, index]));
  const rankOf = (place: number): number => rank.get(place) ?? 0;
  const dominators: number[] = predecessors.map(() => -1);
  dominators[0] = 0;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      if (rankOf(a) > rankOf(b)) a = item(dominators, a);
      else b = item(dominators, b);
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const place of order.slice(1)) {
      let best = -1;
      for (const from of item(predecessors, place)) {
        if (dominators[from] === -1) continue;
        best = best === -1 ? from : meet(best, from);
      }
      if (dominators[place] !== best) {
        dominators[place] = best;
        changed = true;
      }
    }
  }
  return dominators;
}

function reachableWhere(successors: readonly (readonly number[])[], admits: (place: number) => boolean): Set<number> {
  const reached = new Set([0]);
  const pending = [0];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    for (const target of item(successors, place)) {
      if (reached.has(target) || !admits(target)) continue;
      reached.add(target);
      pending.push(target);
    }
  }
  return reached;
}

function layOut(order: readonly number[], dominators: readonly number[], hot: ReadonlySet<number>): readonly number[] {
  const layout: number[] = [];
  const placed = new Set<number>();
  const place = (block: number): void => {
    if (placed.has(block)) return;
    if (block !== 0) place(item(dominators, block));
    placed.add(block);
    layout.push(block);
  };
  const given = [...order].sort((a, b) => a - b);
  for (const block of given) if (hot.has(block)) place(block);
  for (const block of given) place(block);
  return layout;
}

interface Places {
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
  readonly dominators: readonly number[];
  readonly hot: ReadonlySet<number>;
}

function renumber(blocks: readonly MachineBlock[], layout: readonly number[], places: Places): Flow {
  const numbers = new Map(layout.map((place, index) => [place, index]));
  const renamed = (list: readonly number[]): number[] => list.map((place) => numbers.get(place) ?? -1);
  return {
    blocks: layout.map((place) => item(blocks, place)),
    successors: layout.map((place) => renamed(item(places.successors, place))),
    predecessors: layout.map((place) => renamed(item(places.predecessors, place))),
    dominators: renamed(layout.map((place) => item(places.dominators, place))),
    cold: layout.map((place) => !places.hot.has(place)),
  };
}
