/**
 * A growable list of 32-bit integers.
 *
 * The allocator's tables have tens of thousands of entries and are built once per compilation, on cold code: flat integers cost
 * a fraction of objects there. Reading outside the list throws, so no caller needs to handle `undefined`.
 */
export class IntVector {
  #items: Int32Array;
  #length: number;

  /** @param length entries to begin with, each `fill` */
  constructor(length = 0, fill = 0) {
    this.#items = new Int32Array(Math.max(16, length));
    this.#length = length;
    if (fill !== 0) this.#items.fill(fill, 0, length);
  }

  get length(): number {
    return this.#length;
  }

  get(index: number): number {
    const value = this.#items[index];
    if (value === undefined || index >= this.#length) throw this.#outside(index);
    return value;
  }

  set(index: number, value: number): void {
    if (index < 0 || index >= this.#length) throw this.#outside(index);
    this.#items[index] = value;
  }

  /** @returns the index of the new entry */
  push(value: number): number {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length] = value;
    return this.#length++;
  }

  #outside(index: number): RangeError {
    return new RangeError(`Broken invariant: no entry ${index} in a table of ${this.#length}.`);
  }
}
