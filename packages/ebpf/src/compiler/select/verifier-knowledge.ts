/**
 * What the verifier can tell of a number by which a pointer is moved.
 *
 * It follows sums, products, masks and shifts by a constant, and it learns from comparisons. After a remainder, a quotient, a swap of
 * bytes, another shift, or a call of a helper it knows nothing, although the range of the value is known here.
 *
 * @see kernel/bpf/verifier.c, is_safe_to_compute_dst_reg_range
 */
import { type OperationOf, operandsOf, type Value } from "../ir/ir.ts";
import { isUint32, rootOf } from "./demand.ts";

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
      return (isLogic(op.operator) || rootOf(op.right).op.kind === "const") && followed();
    case "refine":
      return isUpperBound(op) || isSeen(op.value, visited);
    default:
      return followed();
  }
}

function isLogic(operator: string): boolean {
  return operator === "or" || operator === "xor";
}

/** A comparison from which the verifier learns as much as we did: unsigned, with a constant above. */
function isUpperBound({ value, comparison, other }: OperationOf<"refine">): boolean {
  const isBelow = comparison === "<" || comparison === "<=" || comparison === "==";
  return isBelow && rootOf(other).op.kind === "const" && isUint32(value.range);
}

function isMask(value: Value, visited: Set<Value>): boolean {
  if (value.range === null || value.range.low < 0n) return false;
  return rootOf(value).op.kind === "const" || isSeen(value, visited);
}

/** Division by it is a shift, and its remainder a mask. */
function isPowerOfTwo(value: Value): boolean {
  const { op } = rootOf(value);
  return op.kind === "const" && op.value > 1n && (op.value & (op.value - 1n)) === 0n;
}
