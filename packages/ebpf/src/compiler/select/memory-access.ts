/**
 * Loads, stores and atomics.
 */
import type { OperationOf, Value } from "../ir/ir.ts";
import type { Operand, VirtualRegister } from "../machine/machine.ts";
import { extendSign, selectLow } from "./arithmetic.ts";
import { rootOf } from "./demand.ts";
import { reverseBytes } from "./end.ts";
import { foldOffsets, type Selection } from "./selection.ts";
import { immediate, register } from "./writer.ts";

export function selectLoad(s: Selection, value: Value, op: OperationOf<"load">): void {
  const { at } = value;
  const { base, offset } = s.address(op.base, op.offset, at);
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

export function selectStore(s: Selection, value: Value, op: OperationOf<"store">): void {
  const { at } = value;
  const { base, offset } = s.address(op.base, op.offset, at);
  const src = storedOperand(s, op, value);
  s.writer.write({
    op: "store",
    size: op.size,
    base,
    offset,
    src: mayBeContext(op.base) ? inRegister(s, src, value) : src,
    at,
  });
}

/** Only a parameter is a context; which of them is one does not show any more. */
function mayBeContext(base: Value): boolean {
  return foldOffsets(base).root.op.kind === "param";
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

export function selectAtomic(s: Selection, value: Value, op: OperationOf<"atomic">): void {
  const { at } = value;
  const { base, offset } = s.address(op.base, op.offset, at);
  s.writer.write({
    op: "atomic",
    operator: op.operator,
    size: op.size,
    dst: value.type === "none" ? null : s.registerOf(value),
    base,
    offset,
    src: s.operand(op.value),
    expected: op.expected === null ? null : s.operand(op.expected),
    at,
  });
}
