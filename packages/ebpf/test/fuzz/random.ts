/**
 * Chance from a seed: the same seed gives the same programs and packets on every machine.
 *
 * The generator is xoshiro128** of Blackman and Vigna, filled by splitmix32.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    let mixed = seed >>> 0;
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = mixed;
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[index] = word ^ (word >>> 15);
    }
  }

  /** 0..2^32-1. */
  word(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state;
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
    const third = c ^ a;
    const fourth = d ^ b;
    this.#state[1] = b ^ third;
    this.#state[0] = a ^ fourth;
    this.#state[2] = third ^ (b << 9);
    this.#state[3] = (fourth << 11) | (fourth >>> 21);
    return result >>> 0;
  }

  /** 0..count-1. */
  below(count: number): number {
    return Math.floor((this.word() / 2 ** 32) * count);
  }

  /** low..high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.word() < probability * 2 ** 32;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list: test its length first.");
    return item;
  }

  /** Picks by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.below(total);
    for (const [weight, choice] of choices) {
      if (left < weight) return choice;
      left -= weight;
    }
    throw new RangeError("Cannot pick by weight from an empty list: give a choice.");
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.below(index + 1);
      const [a, b] = [result[index], result[other]];
      if (a === undefined || b === undefined) continue;
      result[index] = b;
      result[other] = a;
    }
    return result;
  }

  /** 64 bits of which the extremes come up far more often than a fair coin would bring them. */
  quad(): bigint {
    const high = this.pick([0, 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, this.word(), this.word()]);
    const low = this.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, this.word(), this.word()]);
    return (BigInt(high) << 32n) | BigInt(low);
  }

  /** Bytes with runs of zeros and ones, as extreme numbers have them. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const run = Math.min(length - at, this.between(1, 6));
      const style = this.below(5);
      for (let end = at + run; at < end; at++) {
        bytes[at] = style === 0 ? 0 : style === 1 ? 0xff : style === 2 ? this.pick([0x80, 0x7f, 1, 0xfe]) : this.word();
      }
    }
    return bytes;
  }
}
