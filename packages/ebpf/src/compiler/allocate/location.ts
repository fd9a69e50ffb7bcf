/**
 * Where a value is, and the moves that bring it elsewhere.
 *
 * A location is one number: 0..9 a register, negative a stack slot of eight bytes at that offset from r10.
 */
import type { Constant } from "./allocated.ts";

export type Location = number;

/** What is moved: the content of a location, or something made on the spot. */
export type MoveSource = Location | Constant | { readonly kind: "frameAddress"; readonly offset: number };

export interface Move {
  readonly dst: Location;
  readonly src: MoveSource;
}

export function isRegister(location: Location): boolean {
  return location >= 0;
}
