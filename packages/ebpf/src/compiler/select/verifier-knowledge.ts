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
  return new Knowledge().sees(value);
}

class Knowledge {
  /** What a value that depends on itself by way of a loop adds is seen where its other inputs are. */
  readonly #known = new Map<Value, boolean>();

  /** True when the verifier's bound of the value is no wider than its range. */
  sees(value: Value): boolean {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.#known.set(value, true);
    const isSeen = this.#find(value);
    this.#known.set(value, isSeen);
    return isSeen;
  }

  #find(value: Value): boolean {
    const { op } = value;
    const followed = (): boolean => operandsOf(op).every((operand) => this.sees(operand));
    switch (op.kind) {
      case "helper":
      case "swap":
      case "distance":
      case "atomic":
      // A function that is verified by itself knows nothing of its callers, nor these of its result.
      case "param":
      case "invoke":
        return false;
      case "load":
        // Swapped bytes and whole words are any number.
        return !op.swap && op.size < 8;
      case "arith":
        if (op.operator === "div" || op.operator === "mod") return isPowerOfTwo(op.right) && followed();
        return followed();
      case "bits":
      case "bits64":
        if (op.operator === "and") return this.#masks(op.left, value) || this.#masks(op.right, value) || followed();
        return (isLogic(op.operator) || isConstant(op.right)) && followed();
      case "refine":
        return isUpperBound(op, value) || this.sees(op.value);
      default:
        return followed();
    }
  }

  /** One side that cannot be negative bounds a mask; the other may have brought the range further down, of which the verifier knows nothing. */
  #masks(side: Value, { range }: Value): boolean {
    if (side.range === null || side.range.low < 0n || range === null || side.range.high > range.high) return false;
    return isConstant(side) || this.sees(side);
  }
}

function isConstant(value: Value): boolean {
  return rootOf(value).op.kind === "const";
}

function isLogic(operator: string): boolean {
  return operator === "or" || operator === "xor";
}

/** A comparison from which the verifier learns as much as we did: unsigned, with a constant above, which is what bounds the range. */
function isUpperBound({ value, comparison, other }: OperationOf<"refine">, { range }: Value): boolean {
  const { op } = rootOf(other);
  if (op.kind !== "const" || range === null || !isUint32(value.range)) return false;
  if (comparison === "<") return op.value - 1n <= range.high;
  return (comparison === "<=" || comparison === "==") && op.value <= range.high;
}

/** Division by it is a shift, and its remainder a mask. */
function isPowerOfTwo(value: Value): boolean {
  const { op } = rootOf(value);
  return op.kind === "const" && op.value > 1n && (op.value & (op.value - 1n)) === 0n;
}
