/**
 * One value of the intermediate form becomes the instructions that compute it.
 */
import type { Operation, OperationOf, Value } from "../ir/ir.ts";
import type { AluOperator, Operand, VirtualRegister } from "../machine/machine.ts";
import type { Span } from "../tree.ts";
import { dividesIn32, isUint32, rootOf } from "./demand.ts";
import { reverseBytes, testOf } from "./end.ts";
import type { Selection } from "./selection.ts";
import { isSeenByVerifier } from "./verifier-knowledge.ts";
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

export function selectValue(s: Selection, value: Value): void {
  const { op } = value;
  switch (op.kind) {
    case "arith":
      selectArithmetic(s, value, op);
      return;
    case "bits":
      selectLow(
        s,
        value,
        s.writer.alu(BIT_OPERATORS[op.operator], 32, s.operand(op.left), bitOperand(s, op), value.at),
      );
      return;
    case "imul":
      selectLow(s, value, s.writer.alu("mul", 32, s.operand(op.left), s.operand(op.right), value.at));
      return;
    case "unsigned32":
      selectUnsigned(s, value, op.value);
      return;
    case "swap":
      s.writer.write({
        op: "unary",
        operator: op.bits === 16 ? "swap16" : "swap32",
        dst: s.registerOf(value),
        src: s.operand(op.value),
        at: value.at,
      });
      return;
    case "bits64":
      s.writer.write({
        op: "alu",
        operator: BIT64_OPERATORS[op.operator],
        width: 64,
        dst: s.registerOf(value),
        left: s.operand(op.left),
        right: s.operand(op.right),
        at: value.at,
      });
      return;
    case "compare":
    case "not":
      if (s.storedBooleans.has(value)) selectBoolean(s, value);
      return;
    case "offset":
      if (!isSeenByVerifier(op.amount)) showBound(s, op.amount, value.at);
      s.writer.write({
        op: "alu",
        operator: "add",
        width: 64,
        dst: s.registerOf(value),
        left: s.operand(op.base),
        right: s.operand(op.amount),
        isOffset: true,
        at: value.at,
      });
      return;
    case "distance":
      s.writer.write({
        op: "alu",
        operator: "sub",
        width: 64,
        dst: s.registerOf(value),
        left: s.operand(op.to),
        right: s.operand(op.from),
        at: value.at,
      });
      return;
    case "load":
      selectLoad(s, value, op);
      return;
    case "store":
      selectStore(s, value, op);
      return;
    case "atomic":
      selectAtomic(s, value, op);
      return;
    case "helper":
    case "invoke":
      selectCall(s, value, op);
      return;
    case "slotStart":
      s.writer.write({ op: "slotStart", slot: op.slot, at: value.at });
      return;
    case "const":
    case "param":
    case "phi":
    case "wrap64":
    case "convert":
    case "fit":
    case "refine":
    case "slotAddress":
    case "mapAddress":
    case "functionAddress":
      return;
    case "mapValueAddress":
      // A 64-bit constant, needed in a register wherever memory is reached through it.
      s.writer.write({ op: "move", dst: s.registerOf(value), src: s.operand(value), at: value.at });
      return;
  }
}

/** The right side of a bit operator. Instructions refuse a constant shift amount above 31, of which JavaScript takes five bits. */
function bitOperand(s: Selection, { operator, right }: OperationOf<"bits">): Operand {
  const { op } = rootOf(right);
  const isShift = operator === "shl" || operator === "sar" || operator === "shr";
  return isShift && op.kind === "const" ? immediate(op.value & 31n) : s.operand(right);
}

/** A result whose low 32 bits have been computed, zero-extended: the sign is extended if somebody looks at it. */
function selectLow(s: Selection, value: Value, low: VirtualRegister): void {
  s.setLow(value, low);
  const dst = s.registerOf(value);
  if (!s.isWhole(value) || isUint32(value.range)) {
    s.writer.write({ op: "move", dst, src: register(low), at: value.at });
    return;
  }
  extendSign(s, value, register(low), 32);
}

/** Puts the sign-extended low `bits` of a register into the value's own. */
function extendSign(s: Selection, value: Value, src: Operand, bits: number): void {
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

/**
 * Compares an amount with the most it can be, which the verifier then knows too. The way that is never taken ends the function, as every
 * way must.
 */
function showBound(s: Selection, amount: Value, at: Span): void {
  if (amount.range === null) throw new Error(`v${amount.id} moves a pointer and has no range`);
  const { writer } = s;
  const { cold } = writer.block;
  const [beyond, within] = [writer.newBlockId(), writer.newBlockId()];
  const sides = { left: s.operand(amount), right: immediate(amount.range.high) };
  writer.close({ op: "branch", condition: "u>", width: 64, ...sides, ifTrue: beyond, ifFalse: within, at });
  writer.open(beyond, true);
  writer.close({ op: "return", value: immediate(0n), at });
  writer.open(within, cold);
}

function selectArithmetic(s: Selection, value: Value, op: OperationOf<"arith">): void {
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

function selectUnsigned(s: Selection, value: Value, of: Value): void {
  const root = rootOf(of);
  const dst = s.registerOf(value);
  const low = root.op.kind === "const" ? null : s.lowOf(root);
  if (low !== null) s.writer.write({ op: "move", dst, src: register(low), at: value.at });
  else s.writer.write({ op: "unary", operator: "zero32", dst, src: s.operand(of), at: value.at });
}

/** A boolean in a register: two ways that meet in a phi of 1 and 0. */
function selectBoolean(s: Selection, value: Value): void {
  const { writer } = s;
  const { at } = value;
  const { holds, ...test } = testOf(s, value);
  const { cold } = writer.block;
  const [ifTrue, ifFalse, join] = [writer.newBlockId(), writer.newBlockId(), writer.newBlockId()];
  writer.close({ op: "branch", ...test, ifTrue, ifFalse, at });
  for (const id of [ifTrue, ifFalse]) {
    writer.open(id, cold);
    writer.close({ op: "jump", target: join, at });
  }
  writer.open(join, cold);
  const sources = new Map([
    [ifTrue, immediate(holds ? 1n : 0n)],
    [ifFalse, immediate(holds ? 0n : 1n)],
  ]);
  writer.block.phis.push({ dst: s.registerOf(value), sources });
}

function selectLoad(s: Selection, value: Value, op: OperationOf<"load">): void {
  const { at } = value;
  const { base, offset } = s.address(op.base, op.offset);
  const extended = op.signed && op.size < 8;
  const dst = op.swap || extended ? s.writer.register() : s.registerOf(value);
  s.writer.write({ op: "load", size: op.size, dst, base, offset, at });
  if (!op.swap) {
    if (extended) selectSigned(s, value, dst, op.size);
    return;
  }
  s.setRaw(value, dst);
  const swapped = extended ? s.writer.register() : s.registerOf(value);
  const operator = op.size === 2 ? "swap16" : op.size === 4 ? "swap32" : "swap64";
  s.writer.write({ op: "unary", operator, dst: swapped, src: register(dst), at });
  if (extended) selectSigned(s, value, swapped, op.size);
}

/** A signed number that was loaded zero-extended. Four bytes may stay so where only the low half is read; fewer never may. */
function selectSigned(s: Selection, value: Value, loaded: VirtualRegister, size: number): void {
  if (size === 4) selectLow(s, value, loaded);
  else extendSign(s, value, register(loaded), size * 8);
}

function selectStore(s: Selection, value: Value, op: OperationOf<"store">): void {
  const { at } = value;
  const { base, offset } = s.address(op.base, op.offset);
  const src = storedOperand(s, op, value);
  s.writer.write({
    op: "store",
    size: op.size,
    base,
    offset,
    src: isContext(op.base) ? inRegister(s, src, value) : src,
    at,
  });
}

function isContext(base: Value): boolean {
  const { op } = rootOf(base);
  return op.kind === "param" && op.index === 0;
}

/** Kernels before 6.3 take no immediate where a program stores into its context. */
function inRegister(s: Selection, src: Operand, { at }: Value): Operand {
  if (src.kind === "register") return src;
  const dst = s.writer.register();
  s.writer.write({ op: "move", dst, src, at });
  return register(dst);
}

function storedOperand(s: Selection, op: OperationOf<"store">, value: Value): Operand {
  if (!op.swap || op.size === 1) return s.operand(withoutMask(op.value, op.size));
  const root = rootOf(op.value);
  if (root.op.kind === "const") return immediate(BigInt.asIntN(op.size * 8, reverseBytes(root.op.value, op.size)));
  if (root.op.kind === "load" && root.op.swap && root.op.size === op.size && !root.op.signed) {
    const raw = s.rawOf(root);
    if (raw !== null) return register(raw);
  }
  const dst = s.writer.register();
  const operator = op.size === 2 ? "swap16" : op.size === 4 ? "swap32" : "swap64";
  s.writer.write({ op: "unary", operator, dst, src: s.operand(op.value), at: value.at });
  return register(dst);
}

/** A store writes the low bytes only: what cleared the others before need not be done. */
function withoutMask(value: Value, size: number): Value {
  const root = rootOf(value);
  if (size <= 4 && root.op.kind === "unsigned32") return withoutMask(root.op.value, size);
  if (size > 4 || root.op.kind !== "bits" || root.op.operator !== "and") return root;
  const mask = rootOf(root.op.right).op;
  const kept = (1n << BigInt(size * 8)) - 1n;
  return mask.kind === "const" && (mask.value & kept) === kept ? withoutMask(root.op.left, size) : root;
}

function selectAtomic(s: Selection, value: Value, op: OperationOf<"atomic">): void {
  const { base, offset } = s.address(op.base, op.offset);
  s.writer.write({
    op: "atomic",
    operator: op.operator,
    size: op.size,
    dst: value.type === "none" ? null : s.registerOf(value),
    base,
    offset,
    src: s.operand(op.value),
    expected: op.expected === null ? null : s.operand(op.expected),
    at: value.at,
  });
}

function selectCall(s: Selection, value: Value, op: Extract<Operation, { kind: "helper" | "invoke" }>): void {
  const { at } = value;
  const callee =
    op.kind === "helper"
      ? ({ kind: "helper", id: op.id, name: op.name } as const)
      : ({ kind: "function", name: op.name } as const);
  const args = op.args.map((arg) => s.operand(arg));
  // Before 6.4 some helpers gave a C int with the upper half undefined; nothing but the low half is trusted where an errno is possible.
  const isStatus = op.kind === "helper" && value.type === "int" && !isUint32(value.range);
  const dst = value.type === "none" ? null : isStatus ? s.writer.register() : s.registerOf(value);
  s.writer.write({ op: "call", callee, args, dst, at });
  if (!isStatus || dst === null) return;
  if (s.isWhole(value)) extendSign(s, value, register(dst), 32);
  else s.writer.write({ op: "move", dst: s.registerOf(value), src: register(dst), at });
}
