/**
 * Whole pieces of memory: copying, comparing, zeroing, in accesses as wide as both sides allow.
 */
import type { MemorySize, Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import { compareValues } from "./comparison.ts";
import type { Place } from "./entity.ts";
import type { Lowering } from "./lowering.ts";
import { isAligned } from "./unaligned.ts";

/** The widest access at a distance that keeps to the alignment the kernel demands of this memory. */
function widestAt(place: Place, distance: number, left: number): MemorySize {
  for (const size of [8, 4, 2] as const) {
    if (size <= left && isAligned(place, distance, size)) return size;
  }
  return 1;
}

/** Pieces that cover `length` bytes at both places. */
function* pieces(a: Place, b: Place, length: number): Generator<{ readonly at: number; readonly size: MemorySize }> {
  for (let at = 0; at < length; ) {
    const size = Math.min(widestAt(a, at, length - at), widestAt(b, at, length - at)) as MemorySize;
    yield { at, size };
    at += size;
  }
}

function loadPiece(l: Lowering, place: Place, distance: number, size: MemorySize, at: Span): Value {
  const type = size === 8 ? "u64" : "int";
  return l.emit(
    { kind: "load", base: place.base, offset: place.offset + distance, size, signed: false, swap: false },
    type,
    at,
  );
}

/** Reads a piece before it writes it, so overlapping places behave only if they are the same. */
export function copyBytes(l: Lowering, to: Place, from: Place, length: number, at: Span): void {
  for (const piece of pieces(to, from, length)) {
    const value = loadPiece(l, from, piece.at, piece.size, at);
    l.emit(
      { kind: "store", base: to.base, offset: to.offset + piece.at, size: piece.size, swap: false, value },
      "none",
      at,
    );
  }
}

/** A bool: all bytes agree. Differences are collected and tested once, which costs the verifier one branch instead of many. */
export function equalBytes(l: Lowering, a: Place, b: Place, length: number, at: Span): Value {
  let differences: Value | null = null;
  for (const piece of pieces(a, b, length)) {
    const left = widen(l, loadPiece(l, a, piece.at, piece.size, at), at);
    const right = widen(l, loadPiece(l, b, piece.at, piece.size, at), at);
    const difference = l.emit({ kind: "bits64", operator: "xor", left, right }, "u64", at);
    differences =
      differences === null
        ? difference
        : l.emit({ kind: "bits64", operator: "or", left: differences, right: difference }, "u64", at);
  }
  return differences === null ? l.constant(true, "bool", at) : compareValues(l, "==", differences, l.u64(0n, at), at);
}

function widen(l: Lowering, value: Value, at: Span): Value {
  return value.type === "u64" ? value : l.emit({ kind: "convert", value }, "u64", at);
}

/** Writes zeros; the places are aligned stack slots. */
export function zeroBytes(l: Lowering, place: Place, from: number, to: number, at: Span): void {
  for (let distance = from; distance < to; ) {
    const size = widestAt(place, distance, to - distance);
    const value = size === 8 ? l.u64(0n, at) : l.int(0, at);
    l.emit({ kind: "store", base: place.base, offset: place.offset + distance, size, swap: false, value }, "none", at);
    distance += size;
  }
}
