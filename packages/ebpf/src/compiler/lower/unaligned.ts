/**
 * Integers at places that are not aligned to their size, as packed layouts have them.
 *
 * In packets any alignment is allowed, but the verifier wants every access to the stack aligned, and a copied header lies there. Such a
 * field is read and written in the widest pieces that are.
 */
import type { MemorySize, Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import type { Place } from "./entity.ts";
import type { Lowering } from "./lowering.ts";

interface Pieces {
  readonly size: MemorySize;
  /** Distance of each piece in bytes, and how far its bits are shifted in the whole. */
  readonly places: readonly { readonly distance: number; readonly shift: number }[];
}

/** @param swap the whole lies there most significant byte first */
function piecesOf(place: Place, size: MemorySize, swap: boolean): Pieces {
  const piece = ([4, 2] as const).find((width) => width < size && isAligned(place, 0, width)) ?? 1;
  const places = [];
  for (let distance = 0; distance < size; distance += piece) {
    places.push({ distance, shift: 8 * (swap ? size - piece - distance : distance) });
  }
  return { size: piece, places };
}

/** Whether the kernel takes an access of this size at a distance from the place. */
export function isAligned({ region, offset }: Place, distance: number, size: number): boolean {
  return region.align === 0 || (region.align >= size && (offset + distance) % size === 0);
}

/** A u64 for eight bytes, otherwise a number. */
export function loadUnaligned(
  l: Lowering,
  place: Place,
  size: MemorySize,
  signed: boolean,
  swap: boolean,
  at: Span,
): Value {
  const pieces = piecesOf(place, size, swap);
  let whole: Value = l.u64(0n, at);
  for (const { distance, shift } of pieces.places) {
    const { base, offset } = place;
    const load = { kind: "load", base, offset: offset + distance, size: pieces.size, signed: false } as const;
    const piece = l.emit({ ...load, swap: swap && pieces.size > 1 }, "int", at);
    const wide = l.emit({ kind: "convert", value: piece }, "u64", at);
    const shifted = l.emit({ kind: "bits64", operator: "shl", left: wide, right: l.u64(BigInt(shift), at) }, "u64", at);
    whole = l.emit({ kind: "bits64", operator: "or", left: whole, right: shifted }, "u64", at);
  }
  if (size === 8) return whole;
  const value = l.emit({ kind: "convert", value: whole }, "int", at);
  return signed ? signExtended(l, value, size, at) : value;
}

function signExtended(l: Lowering, value: Value, size: MemorySize, at: Span): Value {
  const unused = l.int(32 - 8 * size, at);
  const high = l.emit({ kind: "bits", operator: "shl", left: value, right: unused }, "int", at);
  return l.emit({ kind: "bits", operator: "sar", left: high, right: unused }, "int", at);
}

/** @param value a u64 for eight bytes, otherwise a number; its low bytes are stored */
export function storeUnaligned(
  l: Lowering,
  place: Place,
  size: MemorySize,
  swap: boolean,
  value: Value,
  at: Span,
): void {
  const pieces = piecesOf(place, size, swap);
  for (const { distance, shift } of pieces.places) {
    const piece = size === 8 ? pieceOfU64(l, value, shift, at) : pieceOfInt(l, value, shift, at);
    const { base, offset } = place;
    const store = { kind: "store", base, offset: offset + distance, size: pieces.size, value: piece } as const;
    l.emit({ ...store, swap: swap && pieces.size > 1 }, "none", at);
  }
}

function pieceOfInt(l: Lowering, value: Value, shift: number, at: Span): Value {
  return l.emit({ kind: "bits", operator: "shr", left: value, right: l.int(shift, at) }, "int", at);
}

/** At most 32 bits, so that a number holds them. */
function pieceOfU64(l: Lowering, value: Value, shift: number, at: Span): Value {
  const wrapped = l.emit({ kind: "wrap64", value }, "u64", at);
  const down = l.emit({ kind: "bits64", operator: "shr", left: wrapped, right: l.u64(BigInt(shift), at) }, "u64", at);
  const low = l.emit({ kind: "bits64", operator: "and", left: down, right: l.u64(0xffff_ffffn, at) }, "u64", at);
  return l.emit({ kind: "convert", value: low }, "int", at);
}
