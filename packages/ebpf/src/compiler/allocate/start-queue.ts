/**
 * Intervals waiting for the scan, the one with the smallest start first: a binary heap.
 */
import { item } from "../machine/item.ts";
import { type IntervalTable, NONE } from "./interval-table.ts";

export class StartQueue {
  readonly #table: IntervalTable;
  readonly #heap: number[] = [];

  constructor(table: IntervalTable) {
    this.#table = table;
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
