/**
 * Puts values into blocks, folding what is constant on the way.
 *
 * Folding here is not an optimisation: a branch on a configuration constant must vanish before what stands in it is checked.
 */
import type {
  ArithmeticOperator,
  BitOperator,
  Block,
  Comparison,
  Fit,
  IrFunction,
  Operation,
  Range,
  Terminator,
  Value,
  ValueType,
} from "../ir/ir.ts";
import type { Span } from "../tree.ts";

/** Up to here, on both sides of zero, a number counts every integer. */
export const INT_LIMIT = 2n ** 53n;
export const U64_MAX = 2n ** 64n - 1n;
export const ANY_ADDRESS: Range = { low: 0n, high: U64_MAX };

export function newFunction(name: string, role: IrFunction["role"], paramCount: number, at: Span): IrFunction {
  return { name, role, blocks: [], slots: [], paramCount, at, nextValue: 0, nextBlock: 0 };
}

export function newBlock(fn: IrFunction): Block {
  const block: Block = { id: fn.nextBlock++, phis: [], body: [], end: null, preds: [], cold: false };
  fn.blocks.push(block);
  return block;
}

export function newSlot(fn: IrFunction, size: number, name: string): number {
  fn.slots.push({ size: (size + 7) & ~7, align: 8, name });
  return fn.slots.length - 1;
}

export function append(fn: IrFunction, block: Block, op: Operation, type: ValueType, at: Span): Value {
  const value: Value = { id: fn.nextValue++, type, at, op, range: null };
  if (op.kind === "phi") block.phis.push(value);
  else block.body.push(value);
  return value;
}

/** Ends a block and tells the targets who comes from where. */
export function terminate(block: Block, end: Terminator): void {
  block.end = end;
  if (end.kind === "jump") end.target.preds.push(block);
  if (end.kind === "branch") {
    end.ifTrue.preds.push(block);
    end.ifFalse.preds.push(block);
  }
}

export function constantOf(value: Value): bigint | null {
  return value.op.kind === "const" ? value.op.value : null;
}

/** The result of an operator on constants, or `null` where there is none (or where it is an error that `ranges` reports). */
export function foldArithmetic(
  operator: ArithmeticOperator,
  left: bigint,
  right: bigint,
  type: ValueType,
): bigint | null {
  const result = exactArithmetic(operator, left, right);
  if (result === null) return null;
  const inside = type === "int" ? result >= -INT_LIMIT && result <= INT_LIMIT : result >= 0n && result <= U64_MAX;
  return inside ? result : null;
}

function exactArithmetic(operator: ArithmeticOperator, left: bigint, right: bigint): bigint | null {
  switch (operator) {
    case "add":
      return left + right;
    case "sub":
      return left - right;
    case "mul":
      return left * right;
    case "div":
      return left >= 0n && right >= 1n ? left / right : null;
    case "mod":
      return left >= 0n && right >= 1n ? left % right : null;
  }
}

export function foldBits(operator: BitOperator, left: bigint, right: bigint): bigint {
  const a = Number(BigInt.asIntN(32, left));
  const b = Number(BigInt.asIntN(32, right));
  switch (operator) {
    case "and":
      return BigInt(a & b);
    case "or":
      return BigInt(a | b);
    case "xor":
      return BigInt(a ^ b);
    case "shl":
      return BigInt(a << b);
    case "sar":
      return BigInt(a >> b);
    case "shr":
      return BigInt(a >>> b);
  }
}

export function foldComparison(operator: Comparison, left: bigint, right: bigint): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

/** True when a constant satisfies the rule, so that no check needs to be left for `ranges`. */
export function constantFits(value: Value, fit: Fit): boolean {
  const constant = constantOf(value);
  return constant !== null && constant >= fit.low && constant <= fit.high;
}
