/**
 * Choices made by chance, for generators of random programs.
 */
import type { Width } from "../machine.ts";

export class Dice {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** From 0 to below 1. */
  roll(): number {
    return this.#random();
  }

  /** An integer from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error("nothing to choose from");
    return choice;
  }

  width(): Width {
    return this.#random() < 0.5 ? 32 : 64;
  }
}
