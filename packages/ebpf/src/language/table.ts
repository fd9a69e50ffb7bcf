/**
 * Constant tables: `table(u8, [3, 1, 2]).at(i)`, read-only data of the program.
 */
import type { IntegerKind } from "./integer.ts";
import { describeKind } from "./kind.ts";
import type { ValueOf } from "./reference.ts";

export interface Table<K extends IntegerKind = IntegerKind> {
  readonly kind: K;
  readonly values: readonly ValueOf<K>[];
  /** `index` must lie within the table: the compiler wants it proven, V8 throws a RangeError. */
  at(index: number): ValueOf<K>;
}

/**
 * Declares a constant table.
 *
 * @throws when it is empty or a value does not fit the kind
 */
export function table<K extends IntegerKind>(kind: K, values: readonly ValueOf<K>[]): Table<K> {
  if (values.length === 0)
    throw new RangeError("Cannot declare an empty table: no index would lie inside. Give at least one value.");
  for (const [index, value] of values.entries()) checkFits(kind, value, index);
  const kept = Object.freeze([...values]);
  return {
    kind,
    values: kept,
    at: (index) => {
      const value = kept[index];
      if (value === undefined) {
        throw new RangeError(
          `Cannot read element ${index} of a table of ${kept.length}: the index is an integer from 0 to ${kept.length - 1}. Test it before.`,
        );
      }
      return value;
    },
  };
}

function checkFits(kind: IntegerKind, value: unknown, index: number): void {
  const isExact = kind.bits === 64 ? typeof value === "bigint" : Number.isSafeInteger(value);
  const exact = isExact && (typeof value === "bigint" || typeof value === "number") ? BigInt(value) : null;
  const wrapped =
    exact === null ? null : kind.signed ? BigInt.asIntN(kind.bits, exact) : BigInt.asUintN(kind.bits, exact);
  if (exact !== null && exact === wrapped) return;
  throw new RangeError(
    `Cannot put ${String(value)} at index ${index} of a table of ${describeKind(kind)}: it does not fit. Use a wider kind or a ${kind.bits === 64 ? "bigint" : "number"} in its range.`,
  );
}
