/**
 * Arithmetic and bit operators: how wide they are computed, and what becomes of the upper half of a register.
 */
import type { OperationOf, Value } from "../ir/ir.ts";
import type { AluOperator, Operand, VirtualRegister } from "../machine/machine.ts";
import { dividesIn32, isUint32, rootOf } from "./demand.ts";
import type { Selection } from "./selection.ts";
import { immediate, register } from "./writer.ts";

const BIT_OPERATORS: Record<OperationOf<"bits">["operator"], AluOperator> = {
  and: "and",
  or: "or",
  xor: "xor",
  shl: "lsh",
  sar: "arsh",
  shr: "rsh",
};
const BIT64_OPERATORS: Record<OperationOf<"bits64">["operator"], AluOperator> = {
  and: "and",
  or: "or",
  xor: "xor",
  shl: "lsh",
  shr: "rsh",
};

export function selectArithmetic(s: Selection, value: Value, op: OperationOf<"arith">): void {
  const { operator, width, right } = strength(s, value, op);
  const left = s.operand(op.left);
  if (width === 32) {
    selectLow(s, value, s.writer.alu(operator, 32, left, right, value.at));
    return;
  }
  s.writer.write({ op: "alu", operator, width, dst: s.registerOf(value), left, right, at: value.at });
}

/** The cheapest instruction for an operator: powers of two are shifted and masked. */
function strength(
  s: Selection,
  value: Value,
  op: OperationOf<"arith">,
): { operator: AluOperator; width: 32 | 64; right: Operand } {
  const known = rootOf(op.right).op;
  const power = known.kind === "const" ? exponent(known.value) : null;
  const isDivision = op.operator === "div" || op.operator === "mod";
  const narrow = isDivision ? dividesIn32(op.left, op.right) : !s.isWhole(value);
  const width = value.type === "int" && narrow ? 32 : 64;
  if (power !== null && power < BigInt(width)) {
    if (op.operator === "mul") return { operator: "lsh", width, right: immediate(power) };
    if (op.operator === "div") return { operator: "rsh", width, right: immediate(power) };
    if (op.operator === "mod") return { operator: "and", width, right: immediate((1n << power) - 1n) };
  }
  return { operator: op.operator, width, right: s.operand(op.right) };
}

/** The exponent of a power of two above 1. */
function exponent(value: bigint): bigint | null {
  if (value < 2n || (value & (value - 1n)) !== 0n) return null;
  return BigInt(value.toString(2).length - 1);
}

export function selectUnsigned(s: Selection, value: Value, of: Value): void {
  const root = rootOf(of);
  const dst = s.registerOf(value);
  const low = root.op.kind === "const" ? null : s.lowOf(root);
  if (low !== null) s.writer.write({ op: "move", dst, src: register(low), at: value.at });
  else s.writer.write({ op: "unary", operator: "zero32", dst, src: s.operand(of), at: value.at });
}

/** An int32 operator of JavaScript. */
export function selectBits(s: Selection, value: Value, op: OperationOf<"bits">): void {
  const operator = BIT_OPERATORS[op.operator];
  selectLow(s, value, s.writer.alu(operator, 32, s.operand(op.left), bitOperand(s, op), value.at));
}

export function selectBits64(s: Selection, value: Value, op: OperationOf<"bits64">): void {
  const [left, right] = [s.operand(op.left), s.operand(op.right)];
  const operator = BIT64_OPERATORS[op.operator];
  s.writer.write({ op: "alu", operator, width: 64, dst: s.registerOf(value), left, right, at: value.at });
}

export function selectSwap(s: Selection, value: Value, op: OperationOf<"swap">): void {
  const operator = op.bits === 16 ? "swap16" : "swap32";
  s.writer.write({ op: "unary", operator, dst: s.registerOf(value), src: s.operand(op.value), at: value.at });
}

/** The right side of a bit operator. Instructions refuse a constant shift amount above 31, of which JavaScript takes five bits. */
function bitOperand(s: Selection, { operator, right }: OperationOf<"bits">): Operand {
  const { op } = rootOf(right);
  const isShift = operator === "shl" || operator === "sar" || operator === "shr";
  return isShift && op.kind === "const" ? immediate(op.value & 31n) : s.operand(right);
}

/** A result whose low 32 bits have been computed, zero-extended: the sign is extended if somebody looks at it. */
export function selectLow(s: Selection, value: Value, low: VirtualRegister): void {
  s.setLow(value, low);
  const dst = s.registerOf(value);
  if (!s.isWhole(value) || isUint32(value.range)) {
    s.writer.write({ op: "move", dst, src: register(low), at: value.at });
    return;
  }
  extendSign(s, value, register(low), 32);
}

/** Puts the sign-extended low `bits` of a register into the value's own. */
export function extendSign(s: Selection, value: Value, src: Operand, bits: number): void {
  const up = immediate(BigInt(64 - bits));
  const high = s.writer.alu("lsh", 64, src, up, value.at);
  s.writer.write({
    op: "alu",
    operator: "arsh",
    width: 64,
    dst: s.registerOf(value),
    left: register(high),
    right: up,
    at: value.at,
  });
}
