/**
 * A set of positions as ascending, disjoint, half-open stretches: when bytes of the frame are in use.
 */
import { item } from "../machine/item.ts";

export class Stretches {
  /** From, to, from, to, ... */
  readonly #bounds: number[] = [];

  add(from: number, to: number): void {
    const last = this.#bounds.at(-1);
    if (last !== undefined && from <= last && from >= item(this.#bounds, this.#bounds.length - 2)) {
      this.#bounds[this.#bounds.length - 1] = Math.max(last, to);
    } else {
      this.#bounds.push(from, to);
    }
  }

  /** The same positions in order; needed before `meets` if they were not added in ascending order. */
  sorted(): Stretches {
    const starts: number[] = [];
    for (let i = 0; i < this.#bounds.length; i += 2) starts.push(i);
    starts.sort((a, b) => item(this.#bounds, a) - item(this.#bounds, b));
    const result = new Stretches();
    for (const i of starts) result.add(item(this.#bounds, i), item(this.#bounds, i + 1));
    return result;
  }

  /** Where the first stretch begins; 0 if there is none. */
  get start(): number {
    return this.#bounds[0] ?? 0;
  }

  /** Where the last stretch ends; 0 if there is none. */
  get end(): number {
    return this.#bounds.at(-1) ?? 0;
  }

  meets(other: Stretches): boolean {
    if (this.end <= other.start || other.end <= this.start) return false;
    const mine = this.#bounds;
    const theirs = other.#bounds;
    let a = 0;
    let b = 0;
    while (a < mine.length && b < theirs.length) {
      if ((mine[a + 1] ?? 0) <= (theirs[b] ?? 0)) a += 2;
      else if ((theirs[b + 1] ?? 0) <= (mine[a] ?? 0)) b += 2;
      else return true;
    }
    return false;
  }
}
