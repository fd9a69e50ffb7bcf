/**
 * The order of allocated blocks: that of the flow, with the edges on which values move between them.
 *
 * An edge block stands where it costs least: right after its origin where control falls through it or jumps back in a loop, else
 * behind the hot code, and with cold code at the very end.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { AllocatedBlock, AllocatedEnd, AllocatedInstruction } from "./allocated.ts";

export interface EdgeCode {
  /** Numbers of blocks of the flow. */
  readonly from: number;
  readonly to: number;
  readonly body: readonly AllocatedInstruction[];
}

/**
 * @param bodies one for each block of the flow
 * @param edges those that need a block of their own
 * @param endOf the end of a block of the flow, given where each of its successors stands
 */
export function layOutAllocated(
  flow: Flow,
  bodies: readonly (readonly AllocatedInstruction[])[],
  edges: readonly EdgeCode[],
  endOf: (block: number, placeOf: (successor: number) => number) => AllocatedEnd,
): readonly AllocatedBlock[] {
  const sequence = inOrder(flow, edges);
  const places = new Map(sequence.map((entry, place) => [entry, place]));
  const placeOf = (entry: number | EdgeCode): number => {
    const place = places.get(entry);
    if (place === undefined) throw new Error("Broken invariant: a block leads to one that is not laid out.");
    return place;
  };
  const leaving = new Map<number, EdgeCode[]>();
  for (const edge of edges) leaving.set(edge.from, [...(leaving.get(edge.from) ?? []), edge]);
  return sequence.map((entry): AllocatedBlock => {
    if (typeof entry === "number") {
      const target = (to: number): number => placeOf(leaving.get(entry)?.find((edge) => edge.to === to) ?? to);
      const block = item(flow.blocks, entry);
      const origin = { kind: "block", block } as const;
      return { origin, cold: item(flow.cold, entry), body: item(bodies, entry), end: endOf(entry, target) };
    }
    const origin = {
      kind: "edge",
      from: item(flow.blocks, entry.from).id,
      to: item(flow.blocks, entry.to).id,
    } as const;
    return {
      origin,
      cold: isCold(flow, entry),
      body: entry.body,
      end: { op: "jump", target: placeOf(entry.to), at: null },
    };
  });
}

function isCold(flow: Flow, { from, to }: EdgeCode): boolean {
  return item(flow.cold, from) || item(flow.cold, to);
}

/** Blocks of the flow by number, and edges. */
function inOrder(flow: Flow, edges: readonly EdgeCode[]): readonly (number | EdgeCode)[] {
  const after = new Map<number, EdgeCode[]>();
  const hot: EdgeCode[] = [];
  const cold: EdgeCode[] = [];
  for (const edge of edges) {
    if (isCold(flow, edge)) cold.push(edge);
    else if (edge.to > edge.from + 1) hot.push(edge);
    else after.set(edge.from, [...(after.get(edge.from) ?? []), edge]);
  }
  const isHot = (number: number): boolean => !item(flow.cold, number);
  const numbers = [...flow.blocks.keys()];
  // An edge to the next block comes last of those after its origin, so that it runs into that block.
  const withEdges = (number: number): readonly (number | EdgeCode)[] => [
    number,
    ...(after.get(number) ?? []).sort((a, b) => a.to - b.to),
  ];
  return [
    ...numbers.filter(isHot).flatMap(withEdges),
    ...hot,
    ...numbers.filter((number) => !isHot(number)).flatMap(withEdges),
    ...cold,
  ];
}
