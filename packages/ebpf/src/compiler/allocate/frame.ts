/**
 * The stack frame: which bytes below r10 each slot and each spilled value has.
 *
 * Things that are never in use at the same time share bytes. The largest are placed first, each as near to r10 as the ones already
 * placed allow.
 *
 *     r10 - 8    v12, later v31
 *     r10 - 16   slot 0 (8 bytes)
 *     r10 - 40   slot 1 (24 bytes), slot 4 (16 bytes)
 */
import { item } from "../machine/item.ts";
import type { Stretches } from "./stretches.ts";

/** Something that needs bytes of the frame. */
export interface FrameObject {
  readonly size: number;
  readonly align: number;
  readonly inUse: Stretches;
  /** An object whose place this one would like, since values move between the two; `null` for no wish. */
  readonly beside: number | null;
}

export interface Frame {
  /** The offset from r10 of each object, in the order given; negative. */
  readonly offsets: readonly number[];
  /** Bytes in use, a multiple of 8. */
  readonly size: number;
}

export function layOutFrame(objects: readonly FrameObject[]): Frame {
  const placed: Placed[] = [];
  const offsets: number[] = objects.map(() => 0);
  let depth = 0;
  const order = objects.map((_, index) => index);
  order.sort((a, b) => rank(item(objects, a), item(objects, b)));
  for (const index of order) {
    const object = item(objects, index);
    const conflicts = placed.filter((other) => other.object.inUse.meets(object.inUse));
    const wish = object.beside === null ? undefined : placed.find((other) => other.index === object.beside);
    const bottom = placeFor(object, conflicts, wish);
    placed.push({ index, object, bottom });
    offsets[index] = -bottom;
    depth = Math.max(depth, bottom);
  }
  return { offsets, size: Math.ceil(depth / 8) * 8 };
}

interface Placed {
  readonly index: number;
  readonly object: FrameObject;
  /** Bytes from r10 down to the object's first byte. */
  readonly bottom: number;
}

function rank(a: FrameObject, b: FrameObject): number {
  return b.size - a.size || b.align - a.align || a.inUse.start - b.inUse.start;
}

function placeFor(object: FrameObject, conflicts: Placed[], wish: Placed | undefined): number {
  const fits = (bottom: number): boolean =>
    conflicts.every((other) => bottom <= other.bottom - other.object.size || bottom - object.size >= other.bottom);
  if (wish !== undefined && wish.object.size === object.size && fits(wish.bottom)) return wish.bottom;
  conflicts.sort((a, b) => a.bottom - a.object.size - (b.bottom - b.object.size));
  let bottom = aligned(object.size, object.align);
  // In order of their upper edge: below each one that is in the way.
  for (const other of conflicts) {
    if (bottom <= other.bottom - other.object.size) break;
    bottom = Math.max(bottom, aligned(other.bottom + object.size, object.align));
  }
  return bottom;
}

function aligned(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}
