/**
 * Builds functions of the intermediate form by hand: for tests, where a graph should read like the program it stands for.
 */
import type { Span } from "../tree.ts";
import type {
  ArithmeticOperator,
  BitOperator,
  Block,
  Comparison,
  Fit,
  IrFunction,
  Operation,
  OperationOf,
  Range,
  Value,
  ValueType,
} from "./ir.ts";
import { successorsOf } from "./ir.ts";

/** Adds values to the end of the current block, the entry at first. Edges keep predecessors in the order they are made. */
export interface IrBuilder {
  readonly fn: IrFunction;
  block(options?: { readonly cold: boolean }): Block;
  /** From here on values go to the end of `block`. */
  continueIn(block: Block): void;
  current(): Block;

  value(type: ValueType, op: Operation): Value;
  int(value: number | bigint): Value;
  u64(value: bigint): Value;
  bool(value: boolean): Value;
  nullPointer(): Value;
  param(index: number, type: ValueType, low: bigint, high: bigint): Value;
  /** Inputs may be given now or pushed later by `addInput`, in the order of the block's predecessors. */
  phi(type: ValueType, inputs?: readonly Value[], bounds?: Range | null): Value;
  addInput(phi: Value, input: Value): void;
  /** int or u64 by the type of the left side. */
  arith(operator: ArithmeticOperator, left: Value, right: Value): Value;
  bits(operator: BitOperator, left: Value, right: Value): Value;
  bits64(operator: OperationOf<"bits64">["operator"], left: Value, right: Value): Value;
  compare(operator: Comparison, left: Value, right: Value): Value;
  refine(value: Value, comparison: Comparison, other: Value): Value;
  fit(value: Value, low: bigint, high: bigint, fit?: Partial<Fit>): Value;
  unsigned32(value: Value): Value;
  wrap64(value: Value): Value;

  jump(target: Block): void;
  branch(condition: Value, ifTrue: Block, ifFalse: Block): void;
  ret(value: Value | null): void;
}

export interface BuilderOptions {
  readonly role?: IrFunction["role"];
  readonly slots?: IrFunction["slots"];
  readonly paramCount?: number;
  /** Where all values come from; an empty source when a test does not care. */
  readonly at?: Span;
}

const NOWHERE: Span = { source: { path: "test.ts", text: "" }, start: 0, end: 0 };

export function buildIr(name: string, options: BuilderOptions = {}): IrBuilder {
  const at = options.at ?? NOWHERE;
  const fn: IrFunction = {
    name,
    role: options.role ?? "function",
    blocks: [],
    slots: options.slots ?? [],
    paramCount: options.paramCount ?? 0,
    at,
    nextValue: 0,
    nextBlock: 0,
  };
  const addBlock = (cold: boolean): Block => {
    const block: Block = { id: fn.nextBlock, phis: [], body: [], end: null, preds: [], cold };
    fn.nextBlock += 1;
    fn.blocks.push(block);
    return block;
  };
  let current = addBlock(false);
  const value = (type: ValueType, op: Operation): Value => {
    const made: Value = { id: fn.nextValue, type, at, op, range: null };
    fn.nextValue += 1;
    (op.kind === "phi" ? current.phis : current.body).push(made);
    return made;
  };
  const finish = (end: NonNullable<Block["end"]>): void => {
    current.end = end;
    for (const successor of successorsOf(end)) successor.preds.push(current);
  };
  return {
    fn,
    block: (blockOptions) => addBlock(blockOptions?.cold ?? false),
    continueIn(block) {
      current = block;
    },
    current: () => current,

    value,
    int: (constant) => value("int", { kind: "const", value: BigInt(constant) }),
    u64: (constant) => value("u64", { kind: "const", value: constant }),
    bool: (constant) => value("bool", { kind: "const", value: constant ? 1n : 0n }),
    nullPointer: () => value("pointer", { kind: "const", value: 0n }),
    param: (index, type, low, high) => value(type, { kind: "param", index, bounds: { low, high } }),
    phi: (type, inputs = [], bounds = null) => value(type, { kind: "phi", inputs: [...inputs], bounds }),
    addInput(phi, input) {
      if (phi.op.kind === "phi") phi.op.inputs.push(input);
    },
    arith: (operator, left, right) => value(left.type, { kind: "arith", operator, left, right }),
    bits: (operator, left, right) => value("int", { kind: "bits", operator, left, right }),
    bits64: (operator, left, right) => value("u64", { kind: "bits64", operator, left, right }),
    compare: (operator, left, right) => value("bool", { kind: "compare", operator, left, right }),
    refine: (operand, comparison, other) => value(operand.type, { kind: "refine", value: operand, comparison, other }),
    fit: (operand, low, high, fit = {}) =>
      value(operand.type, {
        kind: "fit",
        value: operand,
        fit: { rule: "E302", subject: "the value", write: "narrow it", ...fit, low, high },
      }),
    unsigned32: (operand) => value("int", { kind: "unsigned32", value: operand }),
    wrap64: (operand) => value("u64", { kind: "wrap64", value: operand }),

    jump: (target) => finish({ kind: "jump", target, at }),
    branch: (condition, ifTrue, ifFalse) => finish({ kind: "branch", condition, ifTrue, ifFalse, at }),
    ret: (result) => finish({ kind: "return", value: result, at }),
  };
}
