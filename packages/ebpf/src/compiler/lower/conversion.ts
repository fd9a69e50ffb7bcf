/**
 * Conversions between numbers and u64s, which nothing is lost by.
 */
import type { Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import { constantOf, INT_LIMIT } from "./builder.ts";
import type { Lowering } from "./lowering.ts";

/** BigInt(n). */
export function toU64(l: Lowering, value: Value, at: Span): Value {
  const known = constantOf(value);
  if (known !== null && known >= 0n) return l.u64(known, at);
  const fitted = l.fit(
    value,
    {
      low: 0n,
      high: INT_LIMIT,
      rule: "E306",
      subject: "the argument of BigInt",
      write: "make it unsigned with >>> 0 first",
    },
    at,
  );
  return l.emit({ kind: "convert", value: fitted }, "u64", at);
}

/** Number(x). */
export function toInt(l: Lowering, value: Value, at: Span): Value {
  const known = constantOf(value);
  if (known !== null && known >= 0n && known <= INT_LIMIT) return l.int(known, at);
  const fitted = l.fit(
    value,
    {
      low: 0n,
      high: INT_LIMIT,
      rule: "E306",
      subject: "the argument of Number",
      write: "mask or shift it below 2^53 first",
    },
    at,
  );
  return l.emit({ kind: "convert", value: fitted }, "int", at);
}
