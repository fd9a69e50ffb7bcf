/**
 * Intervals that hold one register and are in a lifetime hole, in the order in which they will be live again.
 *
 * Code laid out last makes many of them: whatever a cold exit still reads sleeps until there. So the scan must not look at all of
 * them each time, only at those that wake soon.
 */
import { item } from "../machine/item.ts";

export class Sleepers {
  /** The one that wakes first is last, where it is cheap to remove. */
  readonly #intervals: number[] = [];
  readonly #wakes: number[] = [];

  add(interval: number, wake: number): void {
    let at = this.#wakes.length;
    while (at > 0 && item(this.#wakes, at - 1) < wake) at--;
    this.#intervals.splice(at, 0, interval);
    this.#wakes.splice(at, 0, wake);
  }

  /** Removes an interval that wakes at or before `position`; `undefined` when there is none (any more). */
  takeAwake(position: number): number | undefined {
    const wake = this.#wakes.at(-1);
    if (wake === undefined || wake > position) return undefined;
    this.#wakes.pop();
    return this.#intervals.pop();
  }

  /** Those that wake before `position`, the first to wake first. */
  *before(position: number): Iterable<number> {
    for (let at = this.#intervals.length - 1; at >= 0; at--) {
      if (item(this.#wakes, at) >= position) return;
      yield item(this.#intervals, at);
    }
  }

  remove(interval: number): void {
    const at = this.#intervals.indexOf(interval);
    this.#intervals.splice(at, 1);
    this.#wakes.splice(at, 1);
  }
}
