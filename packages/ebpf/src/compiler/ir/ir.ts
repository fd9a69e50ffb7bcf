/**
 * The intermediate form: static single assignment over exact integers.
 *
 * The output of `lower`, the input of `ranges`, `optimise` and `select`. A value is what a JavaScript expression means, not a register:
 * an `int` is an exact integer, a `u64` a mathematical integer that may have left 64 bits until it is wrapped, a `bool` is 0 or 1, a
 * `pointer` an address. Passes change the graph in place; `print-ir.ts` shows it between any two of them.
 */
import type { RuleId } from "../rules/catalogue.ts";
import type { Span } from "../tree.ts";

export type ValueType = "int" | "u64" | "bool" | "pointer" | "none";

/** Closed interval of what a value may be; `null` until `ranges` has run, or when the value is never computed. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

export interface Value {
  readonly id: number;
  readonly type: ValueType;
  readonly at: Span;
  op: Operation;
  range: Range | null;
}

export type ArithmeticOperator = "add" | "sub" | "mul" | "div" | "mod";
/** JavaScript's int32 operators: they read the low 32 bits of both sides. `shr` (`>>>`) gives a uint32, the others an int32. */
export type BitOperator = "and" | "or" | "xor" | "shl" | "sar" | "shr";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type MemorySize = 1 | 2 | 4 | 8;
export type AtomicOperator = "add" | "and" | "or" | "xor" | "exchange" | "compareExchange";

/** What must hold of a value's range, and what to say when it does not: the check behind every rule about integers. */
export interface Fit {
  readonly low: bigint;
  readonly high: bigint;
  readonly rule: RuleId;
  /** Names the value in the message: "x", "the packet offset", "the divisor". */
  readonly subject: string;
  /** What to write instead. */
  readonly write: string;
}

export type Operation =
  /** A `pointer` constant is always 0, the null reference. */
  | { readonly kind: "const"; readonly value: bigint }
  /** Argument number `index` of the function; `low..high` is what its type promises. */
  | { readonly kind: "param"; readonly index: number; readonly bounds: Range }
  /** Inputs are in the order of `block.preds`. `bounds` is the declared type of the variable it merges, if it has one. */
  | { readonly kind: "phi"; readonly inputs: Value[]; readonly bounds: Range | null }
  /** `int` or `u64` by the value's type; an int result outside ±2^53 is refused, a u64 result may leave 64 bits. */
  | { readonly kind: "arith"; readonly operator: ArithmeticOperator; readonly left: Value; readonly right: Value }
  | { readonly kind: "bits"; readonly operator: BitOperator; readonly left: Value; readonly right: Value }
  /** On wrapped u64s; a shift amount is 0..63. `shl` may leave 64 bits, as `arith` may. */
  | {
      readonly kind: "bits64";
      readonly operator: "and" | "or" | "xor" | "shl" | "shr";
      readonly left: Value;
      readonly right: Value;
    }
  /** Math.imul: the low 32 bits of the product as an int32. */
  | { readonly kind: "imul"; readonly left: Value; readonly right: Value }
  /** `x >>> 0`: the low 32 bits as a uint32. */
  | { readonly kind: "unsigned32"; readonly value: Value }
  /** BigInt.asUintN(64, x). */
  | { readonly kind: "wrap64"; readonly value: Value }
  /** BigInt(int) and Number(u64); a `fit` before it has made sure that nothing changes. */
  | { readonly kind: "convert"; readonly value: Value }
  /** Reverses the low 2 or 4 bytes of an int. */
  | { readonly kind: "swap"; readonly bits: 16 | 32; readonly value: Value }
  /** Both sides have one type: int, u64 (wrapped), pointer or bool (== and != only). */
  | { readonly kind: "compare"; readonly operator: Comparison; readonly left: Value; readonly right: Value }
  | { readonly kind: "not"; readonly value: Value }
  /** The same value, checked against a rule and from here on known to lie within it. No code. */
  | { readonly kind: "fit"; readonly value: Value; readonly fit: Fit }
  /** The same value where `value comparison other` is known to hold. No code. */
  | { readonly kind: "refine"; readonly value: Value; readonly comparison: Comparison; readonly other: Value }
  /** The address of a stack object; its life begins at `slotStart`. */
  | { readonly kind: "slotStart"; readonly slot: number }
  | { readonly kind: "slotAddress"; readonly slot: number }
  | { readonly kind: "mapAddress"; readonly map: string }
  /** The first byte of a single-entry array map's value or of a constant table. */
  | { readonly kind: "mapValueAddress"; readonly map: string }
  | { readonly kind: "functionAddress"; readonly name: string }
  /** Pointer plus int, in bytes. Computed once and never again: the verifier's proof belongs to this one value. */
  | { readonly kind: "offset"; readonly base: Value; readonly amount: Value }
  /** `to - from` in bytes for two pointers into one packet: an int of 0..2^32-1. */
  | { readonly kind: "distance"; readonly from: Value; readonly to: Value }
  /** Reads `size` bytes; `swap` reverses them, `signed` extends the sign. Type int (1..4 bytes), u64 (8) or pointer (context fields). */
  | {
      readonly kind: "load";
      readonly base: Value;
      readonly offset: number;
      readonly size: MemorySize;
      readonly signed: boolean;
      readonly swap: boolean;
    }
  /** Writes the low `size` bytes of an int or u64. */
  | {
      readonly kind: "store";
      readonly base: Value;
      readonly offset: number;
      readonly size: MemorySize;
      readonly swap: boolean;
      readonly value: Value;
    }
  /** Gives the old value (type int or u64), or nothing (type none). */
  | {
      readonly kind: "atomic";
      readonly operator: AtomicOperator;
      readonly base: Value;
      readonly offset: number;
      readonly size: 4 | 8;
      readonly value: Value;
      readonly expected: Value | null;
    }
  /** `bounds` is the promised result. A helper is never merged, moved or dropped, unless `pure` and unused. */
  | {
      readonly kind: "helper";
      readonly id: number;
      readonly name: string;
      readonly args: readonly Value[];
      readonly bounds: Range | null;
      readonly pure: boolean;
    }
  | { readonly kind: "invoke"; readonly name: string; readonly args: readonly Value[]; readonly bounds: Range | null };

export type OperationOf<Kind extends Operation["kind"]> = Extract<Operation, { readonly kind: Kind }>;

export type Terminator =
  | { readonly kind: "jump"; readonly target: Block; readonly at: Span }
  | {
      readonly kind: "branch";
      readonly condition: Value;
      readonly ifTrue: Block;
      readonly ifFalse: Block;
      readonly at: Span;
    }
  | { readonly kind: "return"; readonly value: Value | null; readonly at: Span };

export interface Block {
  readonly id: number;
  /** Values whose operation is a phi; they come before `body`. */
  phis: Value[];
  body: Value[];
  /** Set once lowering has finished the block. */
  end: Terminator | null;
  /** Predecessors in the order of phi inputs. A branch with both targets the same does not occur. */
  preds: Block[];
  /** Set where the source says so: what runs when a reference is null or an assumption fails. */
  cold: boolean;
}

export interface IrFunction {
  readonly name: string;
  readonly role: "program" | "function" | "callback";
  /** Entry first; every block is reachable after `optimise`, in reverse post-order. */
  blocks: Block[];
  readonly slots: { readonly size: number; readonly align: 1 | 2 | 4 | 8; readonly name: string }[];
  readonly paramCount: number;
  readonly at: Span;
  /** The next value's id. */
  nextValue: number;
  nextBlock: number;
}

/** The program function first, then each function it calls or hands to a helper, each once. */
export interface IrProgram {
  readonly functions: readonly IrFunction[];
}

/** The values an operation reads, phi inputs included. */
export function operandsOf(op: Operation): readonly Value[] {
  switch (op.kind) {
    case "const":
    case "param":
    case "slotStart":
    case "slotAddress":
    case "mapAddress":
    case "mapValueAddress":
    case "functionAddress":
      return [];
    case "phi":
      return op.inputs;
    case "arith":
    case "bits":
    case "bits64":
    case "imul":
    case "compare":
      return [op.left, op.right];
    case "unsigned32":
    case "wrap64":
    case "convert":
    case "swap":
    case "not":
    case "fit":
      return [op.value];
    case "refine":
      return [op.value, op.other];
    case "offset":
      return [op.base, op.amount];
    case "distance":
      return [op.from, op.to];
    case "load":
      return [op.base];
    case "store":
      return [op.base, op.value];
    case "atomic":
      return op.expected === null ? [op.base, op.value] : [op.base, op.value, op.expected];
    case "helper":
    case "invoke":
      return op.args;
  }
}

/** The same operation with every operand replaced. */
export function mapOperands(op: Operation, map: (value: Value) => Value): Operation {
  switch (op.kind) {
    case "const":
    case "param":
    case "slotStart":
    case "slotAddress":
    case "mapAddress":
    case "mapValueAddress":
    case "functionAddress":
      return op;
    case "phi":
      return { ...op, inputs: op.inputs.map(map) };
    case "arith":
    case "bits":
    case "bits64":
    case "imul":
    case "compare":
      return { ...op, left: map(op.left), right: map(op.right) };
    case "unsigned32":
    case "wrap64":
    case "convert":
    case "swap":
    case "not":
    case "fit":
      return { ...op, value: map(op.value) };
    case "refine":
      return { ...op, value: map(op.value), other: map(op.other) };
    case "offset":
      return { ...op, base: map(op.base), amount: map(op.amount) };
    case "distance":
      return { ...op, from: map(op.from), to: map(op.to) };
    case "load":
      return { ...op, base: map(op.base) };
    case "store":
      return { ...op, base: map(op.base), value: map(op.value) };
    case "atomic":
      return {
        ...op,
        base: map(op.base),
        value: map(op.value),
        expected: op.expected === null ? null : map(op.expected),
      };
    case "helper":
    case "invoke":
      return { ...op, args: op.args.map(map) };
  }
}

/** True when the value may be dropped if nobody reads it, and computed once where two agree. Loads may be dropped but not merged. */
export function isPure(op: Operation): boolean {
  switch (op.kind) {
    case "store":
    case "atomic":
    case "helper":
    case "invoke":
    case "slotStart":
    case "load":
      return false;
    default:
      return true;
  }
}

/** Blocks that a terminator may go to. */
export function successorsOf(end: Terminator | null): readonly Block[] {
  if (end === null || end.kind === "return") return [];
  return end.kind === "jump" ? [end.target] : [end.ifTrue, end.ifFalse];
}
