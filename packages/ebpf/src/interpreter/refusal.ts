/**
 * Which instructions the kernel refuses by their looks, before any of them runs.
 *
 * Unused fields must be zero, so that they can get a meaning later; a division by the constant 0 and a shift by more than
 * the register is wide are refused because they cannot be meant.
 *
 * @see RFC 9669; kernel kernel/bpf/verifier.c, check_alu_op and do_check
 */

import * as bpf from "../object/index.ts";
import { type Instruction, isWide, type NarrowInstruction } from "../object/index.ts";

/** @returns why the instruction is refused, as the end of a sentence, or undefined if it is not */
export function refusalOf(instruction: Instruction): string | undefined {
  if (isWide(instruction)) return refusalOfWide(instruction.opcode, instruction.src, instruction.off);
  switch (instruction.opcode & bpf.CLASS_MASK) {
    case bpf.CLASS_ALU32:
    case bpf.CLASS_ALU64:
      return refusalOfAlu(instruction);
    case bpf.CLASS_JMP:
    case bpf.CLASS_JMP32:
      return refusalOfJump(instruction);
    case bpf.CLASS_LDX:
    case bpf.CLASS_ST:
    case bpf.CLASS_STX:
      return refusalOfAccess(instruction);
    default:
      return UNKNOWN;
  }
}

const UNKNOWN = "its opcode has no meaning here";
const RESERVED = "a field that it does not use is not zero";

/** A BTF id would need the kernel's own types. */
const WIDE_SOURCES: ReadonlySet<number> = new Set([
  bpf.PSEUDO_NUMBER,
  bpf.PSEUDO_MAP_FD,
  bpf.PSEUDO_MAP_VALUE,
  bpf.PSEUDO_FUNC,
  bpf.PSEUDO_MAP_INDEX,
  bpf.PSEUDO_MAP_INDEX_VALUE,
]);

function refusalOfWide(opcode: number, src: number, off: number): string | undefined {
  if (opcode !== bpf.LD_IMM64 || !WIDE_SOURCES.has(src)) return UNKNOWN;
  return off === 0 ? undefined : RESERVED;
}

function refusalOfAlu(instruction: NarrowInstruction): string | undefined {
  const { opcode, src, off, imm } = instruction;
  const is64 = (opcode & bpf.CLASS_MASK) === bpf.CLASS_ALU64;
  const isImmediate = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_IMM;
  const unused = isImmediate ? src : imm;
  switch (opcode & bpf.OPERATION_MASK) {
    case bpf.ALU_NEG:
      return !isImmediate ? UNKNOWN : src === 0 && off === 0 && imm === 0 ? undefined : RESERVED;
    case bpf.ALU_END:
      if ((is64 && !isImmediate) || ![16, 32, 64].includes(imm)) return UNKNOWN;
      return src === 0 && off === 0 ? undefined : RESERVED;
    case bpf.ALU_MOV: {
      const widths = isImmediate ? [0] : is64 ? [0, 8, 16, 32] : [0, 8, 16];
      return unused === 0 && widths.includes(off) ? undefined : RESERVED;
    }
    case bpf.ALU_DIV:
    case bpf.ALU_MOD:
      if (unused !== 0 || (off !== 0 && off !== bpf.OFF_SIGNED)) return RESERVED;
      return isImmediate && imm === 0 ? "it divides by the constant 0" : undefined;
    case bpf.ALU_LSH:
    case bpf.ALU_RSH:
    case bpf.ALU_ARSH:
      if (unused !== 0 || off !== 0) return RESERVED;
      return isImmediate && (imm < 0 || imm >= (is64 ? 64 : 32)) ? `it shifts by ${imm} bits` : undefined;
    case bpf.ALU_ADD:
    case bpf.ALU_SUB:
    case bpf.ALU_MUL:
    case bpf.ALU_OR:
    case bpf.ALU_AND:
    case bpf.ALU_XOR:
      return unused === 0 && off === 0 ? undefined : RESERVED;
    default:
      return UNKNOWN;
  }
}

function refusalOfJump({ opcode, dst, src, off, imm }: NarrowInstruction): string | undefined {
  const is32 = (opcode & bpf.CLASS_MASK) === bpf.CLASS_JMP32;
  const isImmediate = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_IMM;
  switch (opcode & bpf.OPERATION_MASK) {
    case bpf.JMP_ALWAYS:
      if (!isImmediate) return UNKNOWN;
      return dst === 0 && src === 0 && (is32 ? off : imm) === 0 ? undefined : RESERVED;
    case bpf.JMP_EXIT:
      if (is32 || !isImmediate) return UNKNOWN;
      return dst === 0 && src === 0 && off === 0 && imm === 0 ? undefined : RESERVED;
    case bpf.JMP_CALL:
      if (is32 || !isImmediate) return UNKNOWN;
      if (src !== bpf.CALL_HELPER && src !== bpf.CALL_SUBPROGRAM) return "it calls a function of the kernel itself";
      return dst === 0 && off === 0 ? undefined : RESERVED;
    case 0xe0:
    case 0xf0:
      return UNKNOWN;
    default:
      return (isImmediate ? src : imm) === 0 ? undefined : RESERVED;
  }
}

const ATOMIC_IMMEDIATES: ReadonlySet<number> = new Set([
  ...[bpf.ATOMIC_ADD, bpf.ATOMIC_OR, bpf.ATOMIC_AND, bpf.ATOMIC_XOR].flatMap((plain) => [
    plain,
    plain | bpf.ATOMIC_FETCH,
  ]),
  ...[bpf.ATOMIC_XCHG, bpf.ATOMIC_CMPXCHG],
]);

function refusalOfAccess({ opcode, src, imm }: NarrowInstruction): string | undefined {
  const kind = opcode & bpf.CLASS_MASK;
  const size = opcode & bpf.SIZE_MASK;
  switch (opcode & bpf.MODE_MASK) {
    case bpf.MODE_MEM:
      return (kind === bpf.CLASS_ST ? src : imm) === 0 ? undefined : RESERVED;
    case bpf.MODE_MEMSX:
      if (kind !== bpf.CLASS_LDX || size === bpf.SIZE_DW) return UNKNOWN;
      return imm === 0 ? undefined : RESERVED;
    case bpf.MODE_ATOMIC:
      if (kind !== bpf.CLASS_STX || (size !== bpf.SIZE_W && size !== bpf.SIZE_DW)) return UNKNOWN;
      return ATOMIC_IMMEDIATES.has(imm) ? undefined : UNKNOWN;
    default:
      return UNKNOWN;
  }
}
