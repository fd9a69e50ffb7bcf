/**
 * The innermost loop around each block, as a stretch of the layout.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import { IntVector } from "./int-vector.ts";
import { NONE } from "./interval-table.ts";

export interface Loops {
  /** The first block of the innermost loop around each block; NONE outside of loops. */
  readonly first: IntVector;
  /** The last block of that loop, its farthest jump back to the first. */
  readonly last: IntVector;
}

export function findLoops(flow: Flow): Loops {
  const first = new IntVector(flow.blocks.length, NONE);
  const last = new IntVector(flow.blocks.length, NONE);
  // Headers in ascending order: an inner loop begins after the outer one and overwrites what that set.
  flow.blocks.forEach((_, header) => {
    let end = NONE;
    for (const from of item(flow.predecessors, header)) if (from >= header) end = Math.max(end, from);
    for (let block = header; block <= end; block++) {
      first.set(block, header);
      last.set(block, end);
    }
  });
  return { first, last };
}
