/**
 * Line numbers of source positions, fast for many questions about few sources.
 */
import type { Source, Span } from "../tree.ts";

export class LineNumbers {
  readonly #starts = new Map<Source, readonly number[]>();

  /** The one-based line on which the span begins. */
  lineOf(at: Span): number {
    const starts = this.#startsOf(at.source);
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at.start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #startsOf(source: Source): readonly number[] {
    const known = this.#starts.get(source);
    if (known !== undefined) return known;
    const starts = [0];
    for (let end = source.text.indexOf("\n"); end !== -1; end = source.text.indexOf("\n", end + 1))
      starts.push(end + 1);
    this.#starts.set(source, starts);
    return starts;
  }
}
