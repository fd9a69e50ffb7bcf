/**
 * Where each spilled value is stored into its stack slot.
 *
 * In SSA form a value never changes, so one store is enough if it comes before every place that finds the value in memory. The
 * place is either one block that all those have to pass, as late as possible and outside of loops, or, when that costs less, each place
 * where the value leaves its register: then the hot path pays nothing for what only a cold exit needs.
 */
import { commonDominator, type Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { VirtualRegister } from "../machine/machine.ts";
import { IN_MEMORY, NONE } from "./interval-table.ts";
import { type LiveIntervals, STEP } from "./live-intervals.ts";

export type SpillStore =
  | { readonly kind: "afterDefinition" }
  | { readonly kind: "blockStart"; readonly block: number }
  /** Wherever the value leaves its register. */
  | { readonly kind: "leaving"; readonly places: readonly Leaving[] };

/** A place where a value is in a register before and in memory after. */
export type Leaving =
  | { readonly kind: "before"; readonly position: number; readonly block: number }
  | { readonly kind: "edge"; readonly from: number; readonly to: number };

/** @param register one that is in memory for a part of its life */
export function chooseSpillStore(flow: Flow, live: LiveIntervals, register: VirtualRegister): SpillStore {
  const places = findLeaving(flow, live, register);
  const home = live.definedIn.get(register);
  let meeting: number | null = null;
  let cost = 0;
  for (const place of places) {
    const block = place.kind === "edge" ? place.from : place.block;
    meeting = meeting === null ? block : commonDominator(flow, meeting, block);
    cost += place.kind === "edge" ? Math.min(weight(flow, place.from), weight(flow, place.to)) : weight(flow, block);
  }
  // A phi or parameter that begins in memory is put there by the moves that define it.
  if (meeting === null) return { kind: "afterDefinition" };
  let best = meeting;
  for (let block = meeting; block !== home; ) {
    block = item(flow.dominators, block);
    if (weight(flow, block) < weight(flow, best)) best = block;
  }
  if (cost <= weight(flow, best)) return { kind: "leaving", places };
  return best === home ? { kind: "afterDefinition" } : { kind: "blockStart", block: best };
}

/** How often a block runs, compared with others. */
function weight(flow: Flow, block: number): number {
  return (flow.cold[block] ? 1 / 16 : 1) * 8 ** item(flow.blocks, block).loopDepth;
}

function findLeaving(flow: Flow, live: LiveIntervals, register: VirtualRegister): readonly Leaving[] {
  const { table, blockStart, blockAt } = live;
  const places: Leaving[] = [];
  let before = NONE;
  for (let part = live.intervalOf.get(register); part !== NONE; before = part, part = table.nextPart(part)) {
    if (table.locationOf(part) !== IN_MEMORY) continue;
    const start = table.start(part);
    const block = blockAt.get(Math.floor(start / STEP));
    const isInside = before !== NONE && table.end(before) === start && blockStart.get(block) !== start;
    if (isInside && table.locationOf(before) !== IN_MEMORY) {
      places.push({ kind: "before", position: start - (start % STEP), block });
    }
    for (let range = table.firstRange(part); range !== NONE; range = table.nextRange(range)) {
      addEdgesInto(flow, live, register, { from: table.rangeFrom(range), to: table.rangeTo(range) }, places);
    }
  }
  return places;
}

/** The edges on which the value comes from a register into a range in which it is in memory. */
function addEdgesInto(
  flow: Flow,
  live: LiveIntervals,
  register: VirtualRegister,
  range: { readonly from: number; readonly to: number },
  places: Leaving[],
): void {
  const { table, blockStart, blockAt, definedIn } = live;
  let to = blockAt.get(Math.floor(range.from / STEP));
  if (blockStart.get(to) < range.from) to++;
  for (; blockStart.get(to) < range.to; to++) {
    if (to === definedIn.get(register)) continue;
    for (const from of item(flow.predecessors, to)) {
      const part = table.partAt(live.intervalOf.get(register), blockStart.get(from + 1) - 1);
      if (table.locationOf(part) !== IN_MEMORY) places.push({ kind: "edge", from, to });
    }
  }
}
