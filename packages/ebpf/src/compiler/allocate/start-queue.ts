/**
 * Intervals waiting for the scan, the one with the smallest start first.
 *
 * All but a few are there from the beginning and are sorted once; parts split off on the way wait in a binary heap.
 */
import { item } from "../machine/item.ts";
import { type IntervalTable, NONE } from "./interval-table.ts";

/** More intervals than a program can have: a start and an interval make one number for sorting. */
const INTERVALS = 2 ** 24;

export class StartQueue {
  readonly #table: IntervalTable;
  /** start * INTERVALS + interval, ascending. */
  readonly #sorted: Float64Array;
  #next = 0;
  readonly #heap: number[] = [];

  /** Holds every interval of the table. */
  constructor(table: IntervalTable) {
    this.#table = table;
    this.#sorted = new Float64Array(table.count);
    for (let interval = 0; interval < table.count; interval++) {
      this.#sorted[interval] = table.start(interval) * INTERVALS + interval;
    }
    this.#sorted.sort();
  }

  push(interval: number): void {
    let at = this.#heap.push(interval) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#exchange(at, parent);
      at = parent;
    }
  }

  /** @returns NONE when nothing waits */
  pop(): number {
    const key = this.#sorted[this.#next];
    const split = this.#heap[0];
    // Of two that start together the older goes first.
    if (key !== undefined && (split === undefined || Math.floor(key / INTERVALS) <= this.#table.start(split))) {
      this.#next++;
      return key % INTERVALS;
    }
    return this.#popSplit();
  }

  #popSplit(): number {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return NONE;
    if (this.#heap.length === 0) return first;
    this.#heap[0] = last;
    this.#sink();
    return first;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#heap.length) return;
      if (child + 1 < this.#heap.length && this.#isBefore(child + 1, child)) child++;
      if (!this.#isBefore(child, at)) return;
      this.#exchange(child, at);
      at = child;
    }
  }

  /** Of two that start together the older goes first, so that the outcome does not depend on the heap's shape. */
  #isBefore(a: number, b: number): boolean {
    const first = item(this.#heap, a);
    const second = item(this.#heap, b);
    const difference = this.#table.start(first) - this.#table.start(second);
    return difference < 0 || (difference === 0 && first < second);
  }

  #exchange(a: number, b: number): void {
    const kept = item(this.#heap, a);
    this.#heap[a] = item(this.#heap, b);
    this.#heap[b] = kept;
  }
}
