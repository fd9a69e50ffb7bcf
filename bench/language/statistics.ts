/** Medians and quartiles: what a few slow runs on a busy machine cannot move. */

export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The quartiles, between neighbours by linear interpolation. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [a = Number.NaN, b = a] = sorted.slice(below, below + 2);
  return a + (b - a) * (place - below);
}
