/**
 * Instructions as text, in the syntax of the kernel verifier's log and of `bpftool prog dump xlated`.
 *
 *     ; if (eth.type !== ETH_P_IP) return XDP_PASS; @ lb.ts:12
 *        4: r1 = *(u16 *)(r6 +12)
 *        5: if r1 != 0x8 goto pc+3
 *
 * Meant for people and for golden files; nothing parses it.
 */

import { helperName } from "./helper-names.ts";
import { type Instruction, isWide, type NarrowInstruction, slotsOf, type WideInstruction } from "./instruction.ts";
import * as bpf from "./opcode.ts";

/** What a listing may know beyond the instructions. Every part is optional; slots count from the program's start. */
export interface ListingNotes {
  /** Symbolic name of the map with this descriptor. */
  readonly mapName?: (fd: number) => string | undefined;
  /** Name of the function that starts at this slot. */
  readonly functionName?: (slot: number) => string | undefined;
  /** Source line the instruction at this slot was made from; printed where it changes. */
  readonly sourceLine?: (slot: number) => string | undefined;
}

/** The whole program, one line an instruction, each numbered by its slot. Ends with a newline unless it is empty. */
export function listInstructions(instructions: readonly Instruction[], notes: ListingNotes = {}): string {
  const lines: string[] = [];
  let slot = 0;
  let shownSource: string | undefined;
  for (const instruction of instructions) {
    const name = notes.functionName?.(slot);
    if (name !== undefined) lines.push(`${name}:`);
    const source = notes.sourceLine?.(slot);
    if (source !== undefined && source !== shownSource) {
      lines.push(`; ${source}`);
      shownSource = source;
    }
    lines.push(`${String(slot).padStart(4)}: ${formatInstruction(instruction, slot, notes)}`);
    slot += slotsOf(instruction);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** One instruction without its number. An opcode the standard does not know is shown as `unknown opcode 0x..`. */
export function formatInstruction(instruction: Instruction, slot = 0, notes: ListingNotes = {}): string {
  return format(instruction, slot, notes) ?? `unknown opcode 0x${hex(instruction.opcode)}`;
}

function format(instruction: Instruction, slot: number, notes: ListingNotes): string | undefined {
  if (isWide(instruction)) return formatWide(instruction, slot, notes);
  switch (instruction.opcode & bpf.CLASS_MASK) {
    case bpf.CLASS_ALU32:
    case bpf.CLASS_ALU64:
      return formatAlu(instruction);
    case bpf.CLASS_JMP:
    case bpf.CLASS_JMP32:
      return formatJump(instruction, slot, notes);
    case bpf.CLASS_LDX:
      return formatLoad(instruction);
    case bpf.CLASS_ST:
    case bpf.CLASS_STX:
      return formatStore(instruction);
    default:
      return undefined;
  }
}

function formatWide({ dst, src, imm }: WideInstruction, slot: number, notes: ListingNotes): string | undefined {
  const low = Number(imm & 0xffff_ffffn);
  const high = Number(imm >> 32n);
  switch (src) {
    case bpf.PSEUDO_NUMBER:
      return `r${dst} = 0x${hex(imm)}`;
    case bpf.PSEUDO_MAP_FD:
      return `r${dst} = map[${notes.mapName?.(low) ?? `fd:${low}`}]`;
    case bpf.PSEUDO_MAP_VALUE:
      return `r${dst} = map[${notes.mapName?.(low) ?? `fd:${low}`}][0]+${high}`;
    case bpf.PSEUDO_MAP_INDEX:
      return `r${dst} = map[idx:${low}]`;
    case bpf.PSEUDO_MAP_INDEX_VALUE:
      return `r${dst} = map[idx:${low}][0]+${high}`;
    case bpf.PSEUDO_BTF_ID:
      return `r${dst} = btf[${low}]`;
    case bpf.PSEUDO_FUNC:
      return `r${dst} = subprog[${notes.functionName?.(slot + 1 + (low | 0)) ?? signed(low | 0)}]`;
    default:
      return undefined;
  }
}

const ALU_SYMBOLS: ReadonlyMap<number, string> = new Map<number, string>([
  [bpf.ALU_ADD, "+="],
  [bpf.ALU_SUB, "-="],
  [bpf.ALU_MUL, "*="],
  [bpf.ALU_DIV, "/="],
  [bpf.ALU_OR, "|="],
  [bpf.ALU_AND, "&="],
  [bpf.ALU_LSH, "<<="],
  [bpf.ALU_RSH, ">>="],
  [bpf.ALU_MOD, "%="],
  [bpf.ALU_XOR, "^="],
  [bpf.ALU_MOV, "="],
  [bpf.ALU_ARSH, "s>>="],
]);

function formatAlu({ opcode, dst, src, off, imm }: NarrowInstruction): string | undefined {
  const is64 = (opcode & bpf.CLASS_MASK) === bpf.CLASS_ALU64;
  const prefix = is64 ? "r" : "w";
  const target = `${prefix}${dst}`;
  const operation = opcode & bpf.OPERATION_MASK;
  if (operation === bpf.ALU_NEG) return `${target} = -${target}`;
  if (operation === bpf.ALU_END) {
    const order = is64 ? "bswap" : (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG ? "be" : "le";
    return `r${dst} = ${order}${imm} r${dst}`;
  }
  const symbol = ALU_SYMBOLS.get(operation);
  if (symbol === undefined) return undefined;
  const operand = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG ? `${prefix}${src}` : `${imm}`;
  if (operation === bpf.ALU_MOV) return `${target} = ${off === 0 ? "" : `(s${off})`}${operand}`;
  return `${target} ${off === bpf.OFF_SIGNED ? "s" : ""}${symbol} ${operand}`;
}

const JUMP_SYMBOLS: ReadonlyMap<number, string> = new Map<number, string>([
  [bpf.JMP_EQ, "=="],
  [bpf.JMP_NE, "!="],
  [bpf.JMP_GT, ">"],
  [bpf.JMP_GE, ">="],
  [bpf.JMP_LT, "<"],
  [bpf.JMP_LE, "<="],
  [bpf.JMP_SET, "&"],
  [bpf.JMP_SGT, "s>"],
  [bpf.JMP_SGE, "s>="],
  [bpf.JMP_SLT, "s<"],
  [bpf.JMP_SLE, "s<="],
]);

function formatJump(instruction: NarrowInstruction, slot: number, notes: ListingNotes): string | undefined {
  const { opcode, dst, src, off, imm } = instruction;
  const is32 = (opcode & bpf.CLASS_MASK) === bpf.CLASS_JMP32;
  const operation = opcode & bpf.OPERATION_MASK;
  if (operation === bpf.JMP_ALWAYS) return is32 ? `gotol pc${signed(imm)}` : `goto pc${signed(off)}`;
  if (operation === bpf.JMP_EXIT) return is32 ? undefined : "exit";
  if (operation === bpf.JMP_CALL) return is32 ? undefined : formatCall(src, imm, slot, notes);
  const symbol = JUMP_SYMBOLS.get(operation);
  if (symbol === undefined) return undefined;
  const prefix = is32 ? "w" : "r";
  const operand = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG ? `${prefix}${src}` : `0x${hex(imm >>> 0)}`;
  return `if ${prefix}${dst} ${symbol} ${operand} goto pc${signed(off)}`;
}

function formatCall(src: number, imm: number, slot: number, notes: ListingNotes): string {
  if (src === bpf.CALL_SUBPROGRAM) return `call ${notes.functionName?.(slot + 1 + imm) ?? `pc${signed(imm)}`}`;
  if (src === bpf.CALL_KFUNC) return `call kernel-function#${imm}`;
  return `call ${helperName(imm) ?? "unknown"}#${imm}`;
}

function formatLoad({ opcode, dst, src, off }: NarrowInstruction): string | undefined {
  const mode = opcode & bpf.MODE_MASK;
  const bits = bitsOf(opcode);
  if (mode === bpf.MODE_MEM) return `r${dst} = *(u${bits} *)(r${src} ${signed(off)})`;
  if (mode === bpf.MODE_MEMSX && bits !== 64) return `r${dst} = *(s${bits} *)(r${src} ${signed(off)})`;
  return undefined;
}

function formatStore(instruction: NarrowInstruction): string | undefined {
  const { opcode, dst, src, off, imm } = instruction;
  const isImmediate = (opcode & bpf.CLASS_MASK) === bpf.CLASS_ST;
  const mode = opcode & bpf.MODE_MASK;
  if (mode === bpf.MODE_ATOMIC && !isImmediate) return formatAtomic(instruction);
  if (mode !== bpf.MODE_MEM) return undefined;
  return `*(u${bitsOf(opcode)} *)(r${dst} ${signed(off)}) = ${isImmediate ? imm : `r${src}`}`;
}

const ATOMIC_NAMES: ReadonlyMap<number, readonly [symbol: string, name: string]> = new Map([
  [bpf.ATOMIC_ADD, ["+=", "add"]],
  [bpf.ATOMIC_OR, ["|=", "or"]],
  [bpf.ATOMIC_AND, ["&=", "and"]],
  [bpf.ATOMIC_XOR, ["^=", "xor"]],
]);

function formatAtomic({ opcode, dst, src, off, imm }: NarrowInstruction): string | undefined {
  const bits = bitsOf(opcode);
  if (bits < 32) return undefined;
  const place = `(u${bits} *)(r${dst} ${signed(off)})`;
  const family = bits === 64 ? "atomic64" : "atomic";
  if (imm === bpf.ATOMIC_CMPXCHG) return `r0 = ${family}_cmpxchg(${place}, r0, r${src})`;
  if (imm === bpf.ATOMIC_XCHG) return `r${src} = ${family}_xchg(${place}, r${src})`;
  const names = ATOMIC_NAMES.get(imm & ~bpf.ATOMIC_FETCH);
  if (names === undefined) return undefined;
  const [symbol, name] = names;
  if ((imm & bpf.ATOMIC_FETCH) !== 0) return `r${src} = ${family}_fetch_${name}(${place}, r${src})`;
  return `lock *${place} ${symbol} r${src}`;
}

function bitsOf(opcode: number): 8 | 16 | 32 | 64 {
  switch (opcode & bpf.SIZE_MASK) {
    case bpf.SIZE_B:
      return 8;
    case bpf.SIZE_H:
      return 16;
    case bpf.SIZE_W:
      return 32;
    default:
      return 64;
  }
}

function signed(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}

function hex(value: number | bigint): string {
  return value.toString(16);
}
