/**
 * Demand: which numbers must stand in their register as whole 64-bit integers, and which need only their low 32 bits.
 *
 * JavaScript's bit operators give signed 32-bit results, BPF's 32-bit instructions clear the upper half. Where nobody looks at the upper
 * half, no sign extension is needed; this analysis finds out who looks. It is what brings arithmetic to the speed of C.
 */
import { type IrFunction, type Operation, operandsOf, type Range, type Value } from "../ir/ir.ts";

const U32_MAX = 2n ** 32n - 1n;
const I32_MIN = -(2n ** 31n);
const I32_MAX = 2n ** 31n - 1n;

/** The value whose register an expression shares: checks, facts and conversions make no code. */
export function rootOf(value: Value): Value {
  let current = value;
  for (;;) {
    const { op } = current;
    if (op.kind !== "fit" && op.kind !== "refine" && op.kind !== "convert" && op.kind !== "wrap64") return current;
    current = op.value;
  }
}

/** True when the low 32 bits, zero-extended, are the value: nothing ever needs extending. */
export function isUint32(range: Range | null): boolean {
  return range !== null && range.low >= 0n && range.high <= U32_MAX;
}

export function isInt32(range: Range | null): boolean {
  return range !== null && range.low >= I32_MIN && range.high <= I32_MAX;
}

/** How two ints are compared: in 32 bits where that spares an extension, else in 64. */
export interface CompareForm {
  readonly width: 32 | 64;
  readonly signed: boolean;
}

export function compareForm(left: Value, right: Value): CompareForm {
  if (left.type !== "int") return { width: 64, signed: false };
  const plain = isFree(left) && isFree(right);
  if (isUint32(left.range) && isUint32(right.range)) return { width: plain ? 64 : 32, signed: false };
  if (isInt32(left.range) && isInt32(right.range)) return { width: 32, signed: true };
  return { width: 64, signed: true };
}

/** Whole in its register at no cost. */
function isFree(value: Value): boolean {
  const root = rootOf(value);
  return root.op.kind === "const" || root.type === "u64" || isUint32(root.range);
}

/** Roots of type int whose upper 32 bits somebody reads. */
export function findDemand(fn: IrFunction): ReadonlySet<Value> {
  const demanded = new Set<Value>();
  const open: Value[] = [];
  const demand = (value: Value): void => {
    const root = rootOf(value);
    if (root.type !== "int" || demanded.has(root)) return;
    demanded.add(root);
    open.push(root);
  };
  for (const block of fn.blocks) {
    for (const phi of block.phis) for (const operand of inputsToComplete(phi)) demand(operand);
    for (const value of block.body) for (const operand of alwaysWhole(value.op)) demand(operand);
    if (block.end?.kind === "return" && block.end.value !== null) demand(block.end.value);
  }
  for (let root = open.pop(); root !== undefined; root = open.pop()) {
    for (const operand of wholeForWhole(root.op)) demand(operand);
  }
  return demanded;
}

/** Operands that an operation reads in full whatever becomes of its result. */
function alwaysWhole(op: Operation): readonly Value[] {
  switch (op.kind) {
    case "compare":
      return compareForm(op.left, op.right).width === 64 ? [op.left, op.right] : [];
    case "arith":
      return (op.operator === "div" || op.operator === "mod") && !dividesIn32(op.left, op.right)
        ? [op.left, op.right]
        : [];
    case "bits64":
    case "helper":
    case "invoke":
      return operandsOf(op);
    case "convert":
      return [op.value];
    case "offset":
      return [op.amount];
    case "store":
      return op.size === 8 ? [op.value] : [];
    default:
      return [];
  }
}

/**
 * A phi of uint32s is taken to be whole, so its inputs must be: one that is a uint32 only because of what a condition has taught may stand
 * in a register with another upper half.
 */
function inputsToComplete(phi: Value): readonly Value[] {
  if (phi.op.kind !== "phi" || !isUint32(phi.range)) return [];
  return phi.op.inputs.filter((input) => !isUint32(rootOf(input).range));
}

/** Operands that must be whole for the result to be. */
function wholeForWhole(op: Operation): readonly Value[] {
  switch (op.kind) {
    case "arith":
      return [op.left, op.right];
    case "phi":
      return op.inputs;
    default:
      return [];
  }
}

/** Unsigned 32-bit division gives the right quotient when both sides are uint32. */
export function dividesIn32(left: Value, right: Value): boolean {
  return isUint32(rootOf(left).range) && isUint32(rootOf(right).range);
}
