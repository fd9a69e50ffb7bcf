/**
 * What the verifier can tell of a number by which a pointer is moved.
 *
 * It follows sums, products, masks and shifts, and it learns from comparisons. After a remainder, a quotient, a swap of bytes, or a call
 * of a helper it knows nothing, although the range of the value is known here.
 *
 * @see kernel/bpf/verifier.c, adjust_scalar_min_max_vals
 */
import { operandsOf, type Value } from "../ir/ir.ts";

/** False when the verifier must be shown a bound. */
export function isSeenByVerifier(value: Value): boolean {
  return isSeen(value, new Set());
}

function isSeen(value: Value, visited: Set<Value>): boolean {
  if (visited.has(value)) return true;
  visited.add(value);
  const { op } = value;
  const followed = (): boolean => operandsOf(op).every((operand) => isSeen(operand, visited));
  switch (op.kind) {
    case "helper":
    case "swap":
    case "distance":
    case "atomic":
      return false;
    case "load":
      // Swapped bytes and whole words are any number.
      return !op.swap && op.size < 8;
    case "arith":
      if (op.operator === "div" || op.operator === "mod") return isPowerOfTwo(op.right) && followed();
      return followed();
    case "bits":
    case "bits64":
      // One side that cannot be negative bounds a mask.
      if (op.operator === "and") return [op.left, op.right].some((side) => isMask(side, visited));
      return followed();
    case "refine":
      return (op.comparison !== "!=" && op.other.op.kind === "const") || isSeen(op.value, visited);
    default:
      return followed();
  }
}

function isMask(value: Value, visited: Set<Value>): boolean {
  if (value.range === null || value.range.low < 0n) return false;
  return value.op.kind === "const" || isSeen(value, visited);
}

/** Division by it is a shift, and its remainder a mask. */
function isPowerOfTwo({ op }: Value): boolean {
  return op.kind === "const" && op.value > 1n && (op.value & (op.value - 1n)) === 0n;
}
