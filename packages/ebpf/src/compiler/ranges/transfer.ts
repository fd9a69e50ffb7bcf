/**
 * From the intervals of its operands to the interval of a value.
 */
import type { OperationOf, Range, Value } from "../ir/ir.ts";
import { arithmeticRange, clipToExact } from "./arithmetic.ts";
import { bitRange, imulRange, swapRange, toUint32 } from "./bit-operators.ts";
import { compareRange, notRange, refineRange } from "./comparison.ts";
import { intersect, NON_NULL, rangeOfType, single, UINT32 } from "./interval.ts";
import { bitRange64, giveUpFarBounds, wrapRange64 } from "./u64.ts";

/** An operation whose interval depends on its operands alone; a phi also depends on the edges that can be taken. */
export type PlainValue = Value & { readonly op: Exclude<Value["op"], OperationOf<"phi">> };

/** The interval of a value by those of its operands; `null` when an operand is never computed, or for a value of type none. */
export function rangeOf(value: PlainValue): Range | null {
  const op = value.op;
  switch (op.kind) {
    case "const":
      return single(op.value);
    case "param":
      return op.bounds;
    case "helper":
    case "invoke":
      return op.bounds ?? rangeOfType(value.type);
    case "load":
      return value.type === "pointer" ? rangeOfType("pointer") : loadRange(op);
    case "atomic":
      return value.type === "none" ? null : unsignedBytes(op.size);
    case "store":
      return null;
    case "slotStart":
      return value.type === "none" ? null : NON_NULL;
    case "slotAddress":
    case "mapAddress":
    case "mapValueAddress":
    case "functionAddress":
    case "offset":
      return NON_NULL;
    case "distance":
      return UINT32;
    case "arith":
    case "bits":
    case "bits64":
    case "imul":
    case "compare":
      return op.left.range === null || op.right.range === null
        ? null
        : binaryRange(value, op, op.left.range, op.right.range);
    case "refine":
      return op.value.range === null || op.other.range === null
        ? null
        : refineRange(op.value.range, op.comparison, op.other.range);
    default:
      return op.value.range === null ? null : unaryRange(value, op, op.value.range);
  }
}

type Binary = OperationOf<"arith" | "bits" | "bits64" | "imul" | "compare">;

function binaryRange(value: Value, op: Binary, left: Range, right: Range): Range | null {
  switch (op.kind) {
    case "arith": {
      const range = arithmeticRange(op.operator, left, right);
      if (range === null) return null;
      return value.type === "int" ? clipToExact(range) : giveUpFarBounds(range);
    }
    case "bits":
      return bitRange(op.operator, left, right);
    case "bits64":
      return bitRange64(op.operator, left, right);
    case "imul":
      return imulRange(left, right);
    case "compare":
      return compareRange(op.operator, left, right);
  }
}

type Unary = OperationOf<"unsigned32" | "wrap64" | "convert" | "swap" | "not" | "fit">;

function unaryRange(value: Value, op: Unary, operand: Range): Range | null {
  switch (op.kind) {
    case "unsigned32":
      return toUint32(operand);
    case "wrap64":
      return wrapRange64(operand);
    case "convert":
      return value.type === "int" ? clipToExact(operand) : operand;
    case "swap":
      return swapRange(op.bits, operand);
    case "not":
      return notRange(operand);
    case "fit":
      // Nothing left means a certain refusal. What follows is analysed as if the value were right, to refuse all in one go.
      return intersect(operand, op.fit) ?? { low: op.fit.low, high: op.fit.high };
  }
}

function loadRange(op: OperationOf<"load">): Range {
  if (!op.signed) return unsignedBytes(op.size);
  const half = 1n << BigInt(op.size * 8 - 1);
  return { low: -half, high: half - 1n };
}

const UNSIGNED: Readonly<Record<1 | 2 | 4 | 8, Range>> = {
  1: { low: 0n, high: 2n ** 8n - 1n },
  2: { low: 0n, high: 2n ** 16n - 1n },
  4: { low: 0n, high: 2n ** 32n - 1n },
  8: { low: 0n, high: 2n ** 64n - 1n },
};

function unsignedBytes(size: 1 | 2 | 4 | 8): Range {
  return UNSIGNED[size];
}
