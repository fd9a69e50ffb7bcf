/**
 * Does an allocated instruction do what an instruction of the machine code says, given what the registers hold?
 *
 * Part of the check of every allocation. The few liberties the allocator has are spelled out here once more: operands of commutative
 * operations and sides of comparisons change places, a constant is subtracted by adding its negative, and a 64-bit "and" with a
 * mask of the low half is done in 32 bits.
 */
import { item } from "../machine/item.ts";
import type { Base, Condition, MachineInstruction, Operand, Terminator } from "../machine/machine.ts";
import type { AllocatedEnd, AllocatedInstruction, Source } from "./allocated.ts";

export interface OperandCheck {
  /** Whether the register holds the operand's value here. */
  readonly holds: (register: number, operand: Operand) => boolean;
  readonly slotOffset: (slot: number) => number;
}

/** @returns what is wrong; `null` if the instruction is right */
export function whyNotCarriedOut(
  done: AllocatedInstruction,
  wanted: MachineInstruction,
  check: OperandCheck,
): string | null {
  switch (wanted.op) {
    case "alu":
      return done.op === "alu" ? whyNotCalculated(done, wanted, check) : "it is no operation";
    case "unary":
      if (done.op === "zero32" && wanted.operator === "zero32")
        return unless(check.holds(done.src, wanted.src), "wrong source");
      if (done.op !== "unary" || done.operator !== wanted.operator) return "wrong operator";
      return unless(check.holds(done.dst, wanted.src), "wrong source");
    case "load":
      if (done.op !== "load" || done.size !== wanted.size) return "wrong size";
      return unless(isAt(done, wanted, check), "wrong address");
    case "store":
      if (done.op !== "store" || done.size !== wanted.size) return "wrong size";
      if (!isAt(done, wanted, check)) return "wrong address";
      return unless(isSource(done.src, wanted.src, 8 * done.size, check), "wrong value");
    case "atomic":
      return done.op === "atomic" ? whyNotAtomic(done, wanted, check) : "it is not atomic";
    case "call": {
      if (done.op !== "call" || done.callee !== wanted.callee) return "wrong callee";
      const wrong = wanted.args.findIndex((arg, index) => !check.holds(index + 1, arg));
      return unless(wrong === -1, `r${wrong + 1} does not hold the argument`);
    }
    case "slotStart":
      return unless(done.op === "slotStart" && done.slot === wanted.slot, "wrong slot");
    case "move":
      return "moves have no instruction";
  }
}

const MIRRORED: readonly (readonly [Condition, Condition])[] = [
  ["==", "=="],
  ["!=", "!="],
  ["&", "&"],
  ["u<", "u>"],
  ["u<=", "u>="],
  ["s<", "s>"],
  ["s<=", "s>="],
];

/** The same for the comparison at the end of a block. */
export function whyNotCompared(
  done: AllocatedEnd & { readonly op: "branch" },
  wanted: Terminator & { readonly op: "branch" },
  check: OperandCheck,
): string | null {
  const { condition, width, left, right } = done;
  if (width !== wanted.width) return "wrong width";
  const compares = (first: Operand, second: Operand): boolean =>
    check.holds(left, first) && isSource(right, second, width, check);
  if (condition === wanted.condition && compares(wanted.left, wanted.right)) return null;
  const isMirrored = MIRRORED.some(
    ([a, b]) => (a === condition && b === wanted.condition) || (b === condition && a === wanted.condition),
  );
  return unless(isMirrored && compares(wanted.right, wanted.left), "it compares something else");
}

function whyNotCalculated(
  done: AllocatedInstruction & { readonly op: "alu" },
  wanted: MachineInstruction & { readonly op: "alu" },
  check: OperandCheck,
): string | null {
  const { operator, width, dst, right } = done;
  const reads = (first: Operand, second: Operand): boolean =>
    check.holds(dst, first) && isSource(right, second, width, check);
  const sides = [wanted.left, wanted.right] as const;
  const isCommutative = ["add", "mul", "and", "or", "xor"].includes(operator) && wanted.isOffset !== true;
  const isRight = reads(...sides) || (isCommutative && reads(item(sides, 1), item(sides, 0)));
  if (operator === wanted.operator && width === wanted.width) return unless(isRight, "wrong operands");
  if (operator === "and" && wanted.operator === "and" && width === 32) {
    const hasMask = sides.some((side) => side.kind === "immediate" && side.value >= 0n && side.value < 1n << 32n);
    return unless(hasMask && isRight, "the high half differs");
  }
  if (operator === "add" && wanted.operator === "sub" && width === wanted.width && wanted.right.kind === "immediate") {
    const negative: Operand = { kind: "immediate", value: -wanted.right.value };
    return unless(reads(wanted.left, negative), "wrong operands");
  }
  return "wrong operator";
}

function whyNotAtomic(
  done: AllocatedInstruction & { readonly op: "atomic" },
  wanted: MachineInstruction & { readonly op: "atomic" },
  check: OperandCheck,
): string | null {
  if (done.operator !== wanted.operator || done.size !== wanted.size) return "wrong operator or size";
  if (done.fetch !== (wanted.dst !== null)) return "the old value is wanted, or is not";
  if (!isAt(done, wanted, check)) return "wrong address";
  if (!check.holds(done.src, wanted.src)) return "wrong value";
  return unless(wanted.expected === null || check.holds(0, wanted.expected), "r0 does not hold the expected value");
}

function isAt(
  done: { readonly base: number; readonly offset: number },
  wanted: { readonly base: Base; readonly offset: number },
  check: OperandCheck,
): boolean {
  const { base, offset } = wanted;
  if (base.kind === "slot") return done.base === 10 && done.offset === check.slotOffset(base.slot) + offset;
  return done.base !== 10 && done.offset === offset && check.holds(done.base, base);
}

/** @param bits how many of the value's bits matter */
function isSource(source: Source, operand: Operand, bits: number, check: OperandCheck): boolean {
  if (source.kind === "register") return check.holds(source.register, operand);
  return (
    operand.kind === "immediate" && BigInt.asUintN(bits, BigInt(source.value)) === BigInt.asUintN(bits, operand.value)
  );
}

function unless(isFine: boolean, wrong: string): string | null {
  return isFine ? null : wrong;
}
