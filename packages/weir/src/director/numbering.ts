/**
 * Numbers for things that tables refer to: one that has been given stays the same for as long as its thing is wanted, so that connections
 * keep meaning the real server that they were made for.
 */
export class Numbering {
  readonly #numbers = new Map<string, number>();
  readonly #free: number[] = [];
  #next: number;

  /** @param first the lowest number to give */
  constructor(first: number) {
    this.#next = first;
  }

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#next++;
    this.#numbers.set(name, number);
    return number;
  }

  /** Forgets every name that is not wanted any more; its number may be given again. */
  keepOnly(wanted: ReadonlySet<string>): void {
    for (const [name, number] of this.#numbers) {
      if (wanted.has(name)) continue;
      this.#numbers.delete(name);
      this.#free.push(number);
    }
  }
}
