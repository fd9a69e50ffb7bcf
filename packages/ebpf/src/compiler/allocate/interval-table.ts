/**
 * Live intervals: where in the linear code each value is live, in which register, and which instructions read it there.
 *
 * An interval belongs to one virtual register and covers ascending, disjoint, half-open ranges of positions; between two ranges
 * lies a lifetime hole. Splitting cuts an interval in two at a position; the parts of one register form a list in order of
 * position, and each part has one location for all of its life.
 *
 *     v3   part 0: r6          part 1: in memory          part 2: r2
 *          [10 ------ 26)      [26 ---- 40)  [52 --------- 60) [60 -- 66)
 *
 * Intervals, ranges and uses are numbers, indexes into the flat tables here.
 */
import { IntVector } from "./int-vector.ts";

/** Location of a part that is in no register: in its stack slot, or remade where it is needed if it is a constant. */
export const IN_MEMORY = -2;
/** Location of a part that the scan has not come to yet. */
export const UNASSIGNED = -1;
/** No such interval, range or use. */
export const NONE = -1;
/** After every position of a program. */
export const NEVER = 0x7fff_ffff;

/** Use that needs its value in a register; any other use can read memory as well. */
export const USE_NEEDS_REGISTER = 1;
/** Use that reads (or defines) its value before other values change place at the same position. */
export const USE_BEFORE_MOVES = 2;

/** A need that cannot wait. */
export const AT_ONCE = -1;

export class IntervalTable {
  readonly #register = new IntVector();
  readonly #location = new IntVector();
  readonly #end = new IntVector();
  readonly #firstRange = new IntVector();
  readonly #cursor = new IntVector();
  readonly #firstUse = new IntVector();
  readonly #pastUses = new IntVector();
  readonly #next = new IntVector();

  readonly #rangeFrom = new IntVector();
  readonly #rangeTo = new IntVector();
  readonly #rangeNext = new IntVector();

  /** Uses of all registers, those of one register adjoining and ascending. Filled by `findLiveIntervals`. */
  readonly usePosition: IntVector;
  readonly useFlags: IntVector;

  constructor(usePosition: IntVector, useFlags: IntVector) {
    this.usePosition = usePosition;
    this.useFlags = useFlags;
  }

  get count(): number {
    return this.#register.length;
  }

  /** A new interval without ranges; add them in ascending order by `addRange`. */
  create(register: number, firstUse: number, pastUses: number): number {
    this.#location.push(UNASSIGNED);
    this.#end.push(0);
    this.#firstRange.push(NONE);
    this.#cursor.push(NONE);
    this.#firstUse.push(firstUse);
    this.#pastUses.push(pastUses);
    this.#next.push(NONE);
    return this.#register.push(register);
  }

  /** Appends a range, joined with the last one if they touch. While ranges are added the cursor is at the last one. */
  addRange(interval: number, from: number, to: number): void {
    const last = this.#cursor.get(interval);
    if (last !== NONE && from <= this.#rangeTo.get(last)) {
      if (to > this.#rangeTo.get(last)) this.#rangeTo.set(last, to);
    } else {
      const range = this.#newRange(from, to, NONE);
      if (last === NONE) this.#firstRange.set(interval, range);
      else this.#rangeNext.set(last, range);
      this.#cursor.set(interval, range);
    }
    this.#end.set(interval, this.#rangeTo.get(this.#cursor.get(interval)));
  }

  /** Ends the adding of ranges: the cursor goes back to the first one. */
  seal(interval: number): void {
    this.#cursor.set(interval, this.#firstRange.get(interval));
  }

  #newRange(from: number, to: number, next: number): number {
    this.#rangeFrom.push(from);
    this.#rangeTo.push(to);
    return this.#rangeNext.push(next);
  }

  registerOf(interval: number): number {
    return this.#register.get(interval);
  }

  /** A physical register, IN_MEMORY or UNASSIGNED. */
  locationOf(interval: number): number {
    return this.#location.get(interval);
  }

  setLocation(interval: number, location: number): void {
    this.#location.set(interval, location);
  }

  /** The next part of the same register. */
  nextPart(interval: number): number {
    return this.#next.get(interval);
  }

  /** The part, from this one on, that covers `position`; NONE if the value is not live there any more. */
  partAt(interval: number, position: number): number {
    let part = interval;
    while (part !== NONE && this.#end.get(part) <= position) part = this.#next.get(part);
    return part;
  }

  start(interval: number): number {
    return this.#rangeFrom.get(this.#firstRange.get(interval));
  }

  end(interval: number): number {
    return this.#end.get(interval);
  }

  firstRange(interval: number): number {
    return this.#firstRange.get(interval);
  }

  rangeFrom(range: number): number {
    return this.#rangeFrom.get(range);
  }

  rangeTo(range: number): number {
    return this.#rangeTo.get(range);
  }

  nextRange(range: number): number {
    return this.#rangeNext.get(range);
  }

  /** The first range that ends after `position`. Positions asked of one interval must not decrease: the scan only moves on. */
  rangeAt(interval: number, position: number): number {
    let range = this.#cursor.get(interval);
    while (range !== NONE && this.#rangeTo.get(range) <= position) range = this.#rangeNext.get(range);
    this.#cursor.set(interval, range);
    return range;
  }

  /** Whether `position` lies in a range of the interval; to be asked as `rangeAt`. */
  isLive(interval: number, position: number): boolean {
    const range = this.rangeAt(interval, position);
    return range !== NONE && this.#rangeFrom.get(range) <= position;
  }

  /** The first position from `position` on where both are live; NEVER if there is none. */
  intersection(a: number, b: number, position: number): number {
    let inA = this.rangeAt(a, position);
    let inB = this.rangeAt(b, position);
    while (inA !== NONE && inB !== NONE) {
      const from = Math.max(this.#rangeFrom.get(inA), this.#rangeFrom.get(inB));
      const toA = this.#rangeTo.get(inA);
      const toB = this.#rangeTo.get(inB);
      if (from < toA && from < toB) return from;
      if (toA < toB) inA = this.#rangeNext.get(inA);
      else inB = this.#rangeNext.get(inB);
    }
    return NEVER;
  }

  /** The first use at or after `position`, of any kind; NEVER if there is none. */
  nextUse(interval: number, position: number): number {
    const use = this.#useFrom(interval, position);
    return use < this.#pastUses.get(interval) ? this.usePosition.get(use) : NEVER;
  }

  /** The first use at or after `position` that needs a register; NEVER if there is none. */
  nextRegisterUse(interval: number, position: number): number {
    for (let use = this.#useFrom(interval, position); use < this.#pastUses.get(interval); use++) {
      if ((this.useFlags.get(use) & USE_NEEDS_REGISTER) !== 0) return this.usePosition.get(use);
    }
    return NEVER;
  }

  /** When the value is needed next by something that suffers if it is taken out of its register at `position`. */
  nextNeed(interval: number, position: number): number {
    const past = this.#pastUses.get(interval);
    for (let use = this.#useFrom(interval, position); use < past; use++) {
      const flags = this.useFlags.get(use);
      if (this.usePosition.get(use) > position) return this.usePosition.get(use);
      if ((flags & USE_NEEDS_REGISTER) !== 0) return AT_ONCE;
      if ((flags & USE_BEFORE_MOVES) === 0) return position;
    }
    return NEVER;
  }

  #useFrom(interval: number, position: number): number {
    let low = this.#firstUse.get(interval);
    let high = this.#pastUses.get(interval);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.usePosition.get(middle) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Cuts an interval, which keeps what lies before `position`.
   *
   * @returns the new part, which begins at `position` or, if that is in a hole, after the hole
   */
  split(interval: number, position: number): number {
    if (position <= this.start(interval) || position >= this.end(interval)) {
      throw new Error(`Broken invariant: v${this.registerOf(interval)} cannot be split at ${position}.`);
    }
    const rest = this.create(this.registerOf(interval), this.#pastUses.get(interval), this.#pastUses.get(interval));
    this.#splitRanges(interval, rest, position);
    this.#splitUses(interval, rest, position);
    this.#next.set(rest, this.#next.get(interval));
    this.#next.set(interval, rest);
    return rest;
  }

  #splitRanges(interval: number, rest: number, position: number): void {
    let before = NONE;
    let range = this.#firstRange.get(interval);
    while (this.#rangeTo.get(range) <= position) {
      before = range;
      range = this.#rangeNext.get(range);
    }
    let begin = range;
    if (this.#rangeFrom.get(range) < position) {
      begin = this.#newRange(position, this.#rangeTo.get(range), this.#rangeNext.get(range));
      this.#rangeTo.set(range, position);
      before = range;
    }
    this.#rangeNext.set(before, NONE);
    this.#firstRange.set(rest, begin);
    this.#cursor.set(rest, begin);
    this.#end.set(rest, this.#end.get(interval));
    this.#end.set(interval, this.#rangeTo.get(before));
    if (this.#cursor.get(interval) === begin) this.#cursor.set(interval, NONE);
  }

  #splitUses(interval: number, rest: number, position: number): void {
    let use = this.#pastUses.get(interval);
    while (use > this.#firstUse.get(interval) && this.usePosition.get(use - 1) >= position) use--;
    this.#firstUse.set(rest, use);
    this.#pastUses.set(interval, use);
  }
}
