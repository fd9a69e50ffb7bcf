/**
 * Regions: what the compiler knows of the memory behind a pointer.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { Value } from "../ir/ir.ts";

export interface Region {
  /** The `data` pointer that a packet reference was made from: it is stale once the packet has another. `null`: not in the packet. */
  readonly generation: Value | null;
  /** True when other CPUs may write it at the same time. */
  readonly shared: boolean;
  /** What the base pointer is aligned to, or 0 where the kernel allows any alignment (packets). */
  readonly align: 0 | 1 | 2 | 4 | 8;
  readonly place: MemoryPlace;
  /** The number of the newest stack object that the pointer may lead to, or -1: it tells when that object was made. */
  readonly newestSlot: number;
}

/** What a function of its own is told of a reference that it is passed: no more than is known when it is compiled. */
export type PassedMemory = Pick<Region, "shared" | "align" | "place">;

/** Where memory lies, from the place that allows most to the one that allows least. */
const PLACES = ["map", "stack", "context", "packet"] as const;
export type MemoryPlace = (typeof PLACES)[number];

/** Behind null there is no memory: it takes on whatever it meets. */
export const NULL_REGION: Region = { generation: null, shared: false, align: 0, place: "map", newestSlot: -1 };

/** Memory of a map that no other CPU writes: keys, constant tables. */
export const OWN_MAP_REGION: Region = { ...NULL_REGION, align: 8 };

/** The values of a map, which other CPUs see unless it is a per-CPU map. */
export function valueRegion({ kind }: MapDeclaration): Region {
  return { ...OWN_MAP_REGION, shared: !kind.startsWith("percpu") && kind !== "lruPercpuHash" };
}

export function stackRegion(slot: number): Region {
  return { ...NULL_REGION, align: 8, place: "stack", newestSlot: slot };
}

export function contextRegion(align: 4 | 8): Region {
  return { ...NULL_REGION, align, place: "context" };
}

/** @param data where the packet began when the reference was taken */
export function packetRegion(data: Value): Region {
  return { ...NULL_REGION, generation: data, place: "packet" };
}

/** A generation that no packet has: a reference that is stale on one of the ways to a join. */
export const STALE: Value = {
  id: -1,
  type: "pointer",
  at: { source: { path: "", text: "" }, start: 0, end: 0 },
  op: { kind: "const", value: 0n },
  range: null,
};

/** What is known of a pointer that may be either. */
export function mergeRegions(a: Region, b: Region): Region {
  return {
    generation: mergeGenerations(a.generation, b.generation),
    shared: a.shared || b.shared,
    align: a.align === 0 || b.align === 0 ? larger(a.align, b.align) : smaller(a.align, b.align),
    place: PLACES.indexOf(a.place) > PLACES.indexOf(b.place) ? a.place : b.place,
    newestSlot: Math.max(a.newestSlot, b.newestSlot),
  };
}

export function sameRegion(a: Region, b: Region): boolean {
  return (
    a.generation === b.generation &&
    a.shared === b.shared &&
    a.align === b.align &&
    a.place === b.place &&
    a.newestSlot === b.newestSlot
  );
}

/** The alignment of a pointer that is a constant distance away. */
export function alignmentAt(align: Region["align"], distance: number): Region["align"] {
  // The lowest bit that is set is the largest power of two that divides it.
  return distance === 0 ? align : (Math.min(align, distance & -distance) as Region["align"]);
}

/** What is known of the memory behind a reference where it is used as an argument. */
export function passedMemory({ region, offset }: { readonly region: Region; readonly offset: number }): PassedMemory {
  const { shared, align, place } = region;
  return { shared, align: alignmentAt(align, offset), place };
}

function mergeGenerations(a: Value | null, b: Value | null): Value | null {
  if (a === null || b === null) return a ?? b;
  return a === b ? a : STALE;
}

function smaller(a: Region["align"], b: Region["align"]): Region["align"] {
  return a < b ? a : b;
}

function larger(a: Region["align"], b: Region["align"]): Region["align"] {
  return a > b ? a : b;
}
