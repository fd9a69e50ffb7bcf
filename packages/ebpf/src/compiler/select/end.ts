/**
 * How a block ends: comparisons are fused with the branch that tests them.
 */
import type { Block, OperationOf, Value } from "../ir/ir.ts";
import type { Condition, Operand, Terminator, Width } from "../machine/machine.ts";
import { compareForm, rootOf } from "./demand.ts";
import type { Selection } from "./selection.ts";
import { immediate, register } from "./writer.ts";

export interface Test {
  readonly condition: Condition;
  readonly width: Width;
  readonly left: Operand;
  readonly right: Operand;
  /** The outcome that the condition stands for: `false` where the test is for the opposite. */
  readonly holds: boolean;
}

export function selectEnd(s: Selection, block: Block): void {
  const { end } = block;
  if (end === null) throw new Error(`block ${block.id} has no end`);
  s.setLastBlock(block, s.writer.block.id);
  s.writer.close(terminator(s, end));
}

function terminator(s: Selection, end: NonNullable<Block["end"]>): Terminator {
  const { at } = end;
  switch (end.kind) {
    case "jump":
      return { op: "jump", target: end.target.id, at };
    case "return":
      return { op: "return", value: end.value === null ? null : s.operand(end.value), at };
    case "branch": {
      const { holds, ...test } = testOf(s, end.condition);
      const [ifTrue, ifFalse] = holds ? [end.ifTrue.id, end.ifFalse.id] : [end.ifFalse.id, end.ifTrue.id];
      return { op: "branch", ...test, ifTrue, ifFalse, at };
    }
  }
}

/** The comparison that decides a boolean. */
export function testOf(s: Selection, condition: Value): Test {
  const root = rootOf(condition);
  const { op } = root;
  if (op.kind === "not") {
    const inner = testOf(s, op.value);
    return { ...inner, holds: !inner.holds };
  }
  if (op.kind === "compare") return bitTest(s, root) ?? comparison(s, root);
  return { condition: "!=", width: 64, left: register(s.registerOf(root)), right: immediate(0n), holds: true };
}

const UNSIGNED: Record<string, Condition> = { "==": "==", "!=": "!=", "<": "u<", "<=": "u<=", ">": "u>", ">=": "u>=" };
const SIGNED: Record<string, Condition> = { "==": "==", "!=": "!=", "<": "s<", "<=": "s<=", ">": "s>", ">=": "s>=" };
const MIRRORED: Record<string, string> = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function comparison(s: Selection, value: Value): Test {
  if (value.op.kind !== "compare") throw new Error(`v${value.id} is no comparison`);
  const { left, right, operator } = value.op;
  const { width, signed } = compareForm(left, right);
  const mirrored = rootOf(left).op.kind === "const";
  const [a, b, name] = mirrored ? [right, left, MIRRORED[operator]] : [left, right, operator];
  const condition = (signed ? SIGNED : UNSIGNED)[name ?? ""];
  if (condition === undefined) throw new Error(`no condition for ${operator}`);
  const swapped = condition === "==" || condition === "!=" ? rawComparison(s, a, b) : null;
  return { condition, width, ...(swapped ?? { left: s.operand(a), right: s.operand(b) }), holds: true };
}

/** `swapped load === constant`: the constant is swapped instead, once and for all. */
function rawComparison(s: Selection, value: Value, constant: Value): Pick<Test, "left" | "right"> | null {
  const load = rootOf(value);
  const known = rootOf(constant);
  if (load.op.kind !== "load" || !load.op.swap || load.op.size > 4 || known.op.kind !== "const") return null;
  // What memory cannot hold would be cut off, and then be equal to something else.
  if (load.range === null || known.op.value < load.range.low || known.op.value > load.range.high) return null;
  const raw = s.rawOf(load);
  return raw === null ? null : { left: register(raw), right: immediate(reverseBytes(known.op.value, load.op.size)) };
}

/** `swapped load & constant`: the same bits in the order of memory. A load that extends a sign has more bits than memory. */
function rawMask(s: Selection, { left, right }: OperationOf<"bits">): Pick<Test, "left" | "right"> | null {
  const load = rootOf(left);
  const mask = rootOf(right);
  if (load.op.kind !== "load" || !load.op.swap || load.op.signed || load.op.size > 4) return null;
  const raw = s.rawOf(load);
  if (raw === null || mask.op.kind !== "const") return null;
  return { left: register(raw), right: immediate(BigInt.asIntN(32, reverseBytes(mask.op.value, load.op.size))) };
}

export function reverseBytes(value: bigint, size: number): bigint {
  let rest = BigInt.asUintN(size * 8, value);
  let reversed = 0n;
  for (let byte = 0; byte < size; byte++) {
    reversed = (reversed << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return reversed;
}

/** `(a & b) === 0` and `!== 0`: the kernel has a jump for it. */
function bitTest(s: Selection, value: Value): Test | null {
  const tested = bitsTested(value);
  if (tested === null) return null;
  const { op, holds } = tested;
  if (op.kind === "bits64") {
    return { condition: "&", width: 64, left: s.operand(op.left), right: s.operand(op.right), holds };
  }
  const operands = rawMask(s, op) ?? { left: s.operand(op.left), right: s.operand(op.right) };
  return { condition: "&", width: 32, ...operands, holds };
}

/** The mask that a comparison with zero tests, and what it says of the bits: true when one of them is set. */
export function bitsTested(value: Value): { op: OperationOf<"bits" | "bits64">; holds: boolean } | null {
  if (value.op.kind !== "compare" || (value.op.operator !== "==" && value.op.operator !== "!=")) return null;
  const zero = rootOf(value.op.right).op;
  const { op } = rootOf(value.op.left);
  if (zero.kind !== "const" || zero.value !== 0n) return null;
  if ((op.kind !== "bits" && op.kind !== "bits64") || op.operator !== "and") return null;
  return { op, holds: value.op.operator === "!=" };
}
