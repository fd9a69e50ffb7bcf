/**
 * The order in which elements were used: a doubly linked list on typed arrays, least recently used first.
 *
 * The order is exact. The kernel's is an approximation for many CPUs at once: it marks elements as used, looks for a
 * victim among a few, and keeps free elements for each CPU. Programs may rely on neither.
 */
export class UseOrder {
  /** Neighbours of each element; the last place is the ring's head. */
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #head: number;

  constructor(elements: number) {
    this.#head = elements;
    this.#before = new Int32Array(elements + 1);
    this.#after = new Int32Array(elements + 1);
    this.#before[elements] = elements;
    this.#after[elements] = elements;
  }

  /** The least recently used element; the list must not be empty. */
  get oldest(): number {
    return this.#after[this.#head] ?? 0;
  }

  /** Adds an element as the most recently used. */
  add(element: number): void {
    const newest = this.#before[this.#head] ?? 0;
    this.#before[element] = newest;
    this.#after[element] = this.#head;
    this.#after[newest] = element;
    this.#before[this.#head] = element;
  }

  remove(element: number): void {
    const before = this.#before[element] ?? 0;
    const after = this.#after[element] ?? 0;
    this.#after[before] = after;
    this.#before[after] = before;
  }

  /** Makes an element the most recently used. */
  touch(element: number): void {
    this.remove(element);
    this.add(element);
  }
}
