/**
 * Widening: what makes the analysis of a loop end.
 *
 * A variable that grows with every round would take 2^53 rounds to settle. After a few rounds its interval is stretched to the
 * bounds of its declared type or, without one, to the next number the function compares with or the next type bound.
 */
import type { Block, Range, Value, ValueType } from "../ir/ir.ts";
import { INT_LIMIT, join, larger, rangeOfType, smaller, UINT64, UNBOUNDED } from "./interval.ts";

/** Where intervals come to rest: bounds of types, and for each constant of a comparison itself and its neighbours. Ascending. */
export function findThresholds(blocks: readonly Block[]): readonly bigint[] {
  const found = new Set<bigint>([0n, -1n, 2n ** 63n - 1n, UINT64.high, -INT_LIMIT, INT_LIMIT, -UNBOUNDED, UNBOUNDED]);
  for (const bits of [8n, 16n, 32n]) {
    found.add(2n ** bits - 1n);
    found.add(2n ** (bits - 1n) - 1n);
    found.add(-(2n ** (bits - 1n)));
  }
  const addAround = (value: Value): void => {
    if (value.op.kind !== "const") return;
    for (const near of [-1n, 0n, 1n]) found.add(value.op.value + near);
  };
  for (const block of blocks) {
    for (const { op } of block.body) {
      if (op.kind === "compare") {
        addAround(op.left);
        addAround(op.right);
      } else if (op.kind === "refine") {
        addAround(op.other);
      }
    }
  }
  return [...found].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

/**
 * Stretches the side or sides on which `after` is larger than `before`.
 *
 * @param before what the phi was known to be until now
 * @param after what its inputs say now; it contains `before`
 */
export function widen(
  type: ValueType,
  bounds: Range | null,
  before: Range,
  after: Range,
  thresholds: readonly bigint[],
): Range {
  const grown = join(before, after) ?? after;
  // What leaves the declared type will be refused; until then it must settle as well.
  const limit = bounds !== null && grown.low >= bounds.low && grown.high <= bounds.high ? bounds : null;
  const widest = type === "u64" ? { low: -UNBOUNDED, high: UNBOUNDED } : (rangeOfType(type) ?? grown);
  let { low, high } = before;
  if (grown.low < low) low = limit?.low ?? thresholds.findLast((bound) => bound <= grown.low) ?? widest.low;
  if (grown.high > high) high = limit?.high ?? thresholds.find((bound) => bound >= grown.high) ?? widest.high;
  return { low: larger(low, widest.low), high: smaller(high, widest.high) };
}
