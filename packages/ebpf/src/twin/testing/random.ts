/**
 * Chance for tests: seeded, so that a failure can be run again.
 */

/** A whole number from 0 to below its argument. */
export type Random = (below: number) => number;

/** Weyl sequence with a multiplicative finish; the seed is printed by whatever fails. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

/** `WEIR_SEED` from the environment, to run a failure again; otherwise another one each time. */
export function chooseSeed(): number {
  const { WEIR_SEED } = process.env;
  return Number(WEIR_SEED ?? Date.now() % 1_000_000);
}
