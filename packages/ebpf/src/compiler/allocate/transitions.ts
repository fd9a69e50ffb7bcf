/**
 * Where values change place: between instructions of a block, and on the edges between blocks.
 *
 * Into memory values move only where `spill-stores.ts` says so; elsewhere their slot holds them already.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { MachineBlock } from "../machine/machine.ts";
import { IN_MEMORY, NONE } from "./interval-table.ts";
import type { LegalCode } from "./legalise.ts";
import { isRegister, type Move } from "./location.ts";
import { operandAt, type Placement, valueAt } from "./placement.ts";
import type { Leaving } from "./spill-stores.ts";

export interface Transitions {
  /** Moves just before the instruction at a position. */
  readonly before: ReadonlyMap<number, readonly Move[]>;
  /** Moves on the edge between two blocks, `edgeKey(from, to)`; absent where nothing moves. */
  readonly onEdge: ReadonlyMap<number, readonly Move[]>;
}

export function edgeKey(flow: Flow, from: number, to: number): number {
  return from * flow.blocks.length + to;
}

export function findTransitions(flow: Flow, code: LegalCode, placement: Placement): Transitions {
  const before = new Map<number, Move[]>();
  const onEdge = new Map<number, Move[]>();
  const { live } = placement;
  for (let register = 0; register < live.intervalOf.length; register++) {
    const first = live.intervalOf.get(register);
    if (first === NONE || live.table.nextPart(first) === NONE) continue;
    addSplits(placement, register, before);
    addEdges(flow, placement, register, onEdge);
  }
  for (const [register, store] of placement.spillStores) {
    if (store.kind === "leaving") addStores(flow, placement, register, store.places, { before, onEdge });
  }
  code.blocks.forEach((_, number) => {
    addPhis(flow, code, placement, number, onEdge);
  });
  return { before, onEdge };
}

function addSplits(placement: Placement, register: number, before: Map<number, Move[]>): void {
  const { table, blockStart, blockAt, intervalOf } = placement.live;
  let part = intervalOf.get(register);
  for (let next = table.nextPart(part); next !== NONE; part = next, next = table.nextPart(next)) {
    const start = table.start(next);
    const dst = table.locationOf(next);
    const isInside = table.end(part) === start && blockStart.get(blockAt.get(Math.floor(start / 4))) !== start;
    if (!isInside || dst === IN_MEMORY || dst === table.locationOf(part)) continue;
    if (start % 4 !== 0)
      throw new Error(`Broken invariant: v${register} comes into a register inside the instruction at ${start}.`);
    add(before, start, { dst, src: valueAt(placement, register, start - 1) });
  }
}

function addEdges(flow: Flow, placement: Placement, register: number, onEdge: Map<number, Move[]>): void {
  const { table, blockStart, blockAt, intervalOf, definedIn } = placement.live;
  for (let part = intervalOf.get(register); part !== NONE; part = table.nextPart(part)) {
    const dst = table.locationOf(part);
    if (dst === IN_MEMORY) continue;
    for (let range = table.firstRange(part); range !== NONE; range = table.nextRange(range)) {
      let block = blockAt.get(Math.floor(table.rangeFrom(range) / 4));
      if (blockStart.get(block) < table.rangeFrom(range)) block++;
      for (; blockStart.get(block) < table.rangeTo(range); block++) {
        if (block === definedIn.get(register)) continue;
        for (const from of item(flow.predecessors, block)) {
          const src = valueAt(placement, register, blockStart.get(from + 1) - 1);
          if (src !== dst) add(onEdge, edgeKey(flow, from, block), { dst, src });
        }
      }
    }
  }
}

function addStores(
  flow: Flow,
  placement: Placement,
  register: number,
  places: readonly Leaving[],
  moves: { readonly before: Map<number, Move[]>; readonly onEdge: Map<number, Move[]> },
): void {
  const dst = placement.spillOffsets.get(register);
  if (dst === undefined) throw new Error(`Broken invariant: v${register} is stored and has no stack slot.`);
  for (const place of places) {
    if (place.kind === "before") {
      add(moves.before, place.position, { dst, src: valueAt(placement, register, place.position - 1) });
    } else {
      const end = placement.live.blockStart.get(place.from + 1);
      add(moves.onEdge, edgeKey(flow, place.from, place.to), { dst, src: valueAt(placement, register, end - 1) });
    }
  }
}

function addPhis(flow: Flow, code: LegalCode, placement: Placement, number: number, onEdge: Map<number, Move[]>): void {
  const { blockStart, lastUse } = placement.live;
  for (const phi of item(code.blocks, number).phis) {
    if (lastUse.get(phi.dst) === NONE) continue;
    const dst = valueAt(placement, phi.dst, blockStart.get(number));
    if (typeof dst !== "number") throw new Error(`Broken invariant: the phi v${phi.dst} is a constant.`);
    for (const from of item(flow.predecessors, number)) {
      const source = phi.sources.get(blockId(flow.blocks, from));
      if (source === undefined) throw new Error(`Broken invariant: the phi v${phi.dst} has no source for an edge.`);
      const src = operandAt(placement, source, blockStart.get(from + 1) - 1);
      // Also where it is in place already: the register counts as taken.
      add(onEdge, edgeKey(flow, from, number), { dst, src });
    }
  }
}

function blockId(blocks: readonly MachineBlock[], number: number): number {
  return item(blocks, number).id;
}

function add(moves: Map<number, Move[]>, key: number, move: Move): void {
  const known = moves.get(key);
  if (known === undefined) moves.set(key, [move]);
  else known.push(move);
}

/** Registers in which nothing lives over an edge: bit n for register n. */
export function freeOnEdge(placement: Placement, from: number, to: number): number {
  const { live } = placement;
  let free = 0x3ff;
  for (const register of item(live.liveInto, to)) {
    for (const position of [live.blockStart.get(from + 1) - 1, live.blockStart.get(to)]) {
      const place = valueAt(placement, register, position);
      if (typeof place === "number" && isRegister(place)) free &= ~(1 << place);
    }
  }
  return free;
}
