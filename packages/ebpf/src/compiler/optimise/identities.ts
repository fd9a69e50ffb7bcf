/**
 * Operations that do nothing, and the one form in which equal operations are written.
 */
import type { Operation, OperationOf, Range, Value } from "../ir/ir.ts";
import { mirror, negate } from "../ranges/comparison.ts";
import { INT32, isWithin, UINT32, UINT64 } from "../ranges/interval.ts";

/** The operand that a value is always equal to, as its range and those of its operands show; `null` if there is none. */
export function equivalentOperand(value: Value): Value | null {
  const op = value.op;
  switch (op.kind) {
    case "arith":
      return neutralArithmetic(op);
    case "bits":
      return neutralBits(op);
    case "bits64":
      return neutralBits64(op);
    case "unsigned32":
      return whenWithin(op.value, UINT32);
    case "wrap64":
      return whenWithin(op.value, UINT64);
    case "swap":
      return swappedTwice(op);
    case "convert":
      return op.value.op.kind === "convert" && op.value.op.value.type === value.type ? op.value.op.value : null;
    case "not":
      return op.value.op.kind === "not" ? op.value.op.value : null;
    case "compare":
      return comparedWithTrue(op);
    case "fit":
    case "refine":
      return op.value;
    case "offset":
      return isConstant(op.amount, 0n) ? op.base : null;
    default:
      return null;
  }
}

/** Constants to the right, and `not` of a comparison as the opposite comparison. */
export function normalise(op: Operation): Operation {
  switch (op.kind) {
    case "arith":
      return (op.operator === "add" || op.operator === "mul") && isLeftConstant(op) ? swapSides(op) : op;
    case "bits":
    case "bits64":
      return (op.operator === "and" || op.operator === "or" || op.operator === "xor") && isLeftConstant(op)
        ? swapSides(op)
        : op;
    case "imul":
      return isLeftConstant(op) ? swapSides(op) : op;
    case "compare":
      return isLeftConstant(op) ? { ...swapSides(op), operator: mirror(op.operator) } : comparedWithFalse(op);
    case "not":
      return op.value.op.kind === "compare" ? { ...op.value.op, operator: negate(op.value.op.operator) } : op;
    default:
      return op;
  }
}

function neutralArithmetic({ operator, left, right }: OperationOf<"arith">): Value | null {
  switch (operator) {
    case "add":
    case "sub":
      return isConstant(right, 0n) ? left : null;
    case "mul":
    case "div":
      return isConstant(right, 1n) ? left : null;
    case "mod":
      return left.range !== null && right.range !== null && left.range.low >= 0n && left.range.high < right.range.low
        ? left
        : null;
  }
}

function neutralBits({ operator, left, right }: OperationOf<"bits">): Value | null {
  if (operator === "shr") return isConstant(right, 0n) ? whenWithin(left, UINT32) : null;
  // What has more than 31 bits and a sign does not come out of an int32 operator as it went in.
  if (left.range === null || !isWithin(left.range, INT32)) return null;
  if (operator === "and") return right.op.kind === "const" && coversAllBits(right.op.value, left.range) ? left : null;
  return isConstant(right, 0n) ? left : null;
}

function neutralBits64({ operator, left, right }: OperationOf<"bits64">): Value | null {
  if (operator !== "and") return isConstant(right, 0n) ? left : null;
  return right.op.kind === "const" && left.range !== null && coversAllBits(right.op.value, left.range) ? left : null;
}

/** True when every bit that a value of the range can have is set in the mask. */
function coversAllBits(mask: bigint, range: Range): boolean {
  if (range.low < 0n) return mask === -1n;
  const ones = (1n << BigInt(range.high.toString(2).length)) - 1n;
  return (mask & ones) === ones;
}

function swappedTwice(op: OperationOf<"swap">): Value | null {
  const inner = op.value.op;
  if (inner.kind !== "swap" || inner.bits !== op.bits) return null;
  return whenWithin(inner.value, op.bits === 32 ? UINT32 : { low: 0n, high: 0xffffn });
}

/** `x == true` and `x != false`. */
function comparedWithTrue({ operator, left, right }: OperationOf<"compare">): Value | null {
  if (left.type !== "bool") return null;
  return (operator === "==" && isConstant(right, 1n)) || (operator === "!=" && isConstant(right, 0n)) ? left : null;
}

/** `x == false` and `x != true` are `not x`, or the opposite of the comparison that `x` is. */
function comparedWithFalse(op: OperationOf<"compare">): Operation {
  const { operator, left, right } = op;
  if (left.type !== "bool") return op;
  if (!((operator === "==" && isConstant(right, 0n)) || (operator === "!=" && isConstant(right, 1n)))) return op;
  return normalise({ kind: "not", value: left });
}

function isConstant(value: Value, constant: bigint): boolean {
  return value.op.kind === "const" && value.op.value === constant;
}

function isLeftConstant(op: { readonly left: Value; readonly right: Value }): boolean {
  return op.left.op.kind === "const" && op.right.op.kind !== "const";
}

function swapSides<Op extends { readonly left: Value; readonly right: Value }>(op: Op): Op {
  return { ...op, left: op.right, right: op.left };
}

function whenWithin(value: Value, range: Range): Value | null {
  return value.range !== null && isWithin(value.range, range) ? value : null;
}
