/**
 * The numbers an eBPF opcode is made of, under the names the standard gives them.
 *
 * An opcode is one byte. Its low three bits are the class; the other five mean one of two things:
 *
 *     arithmetic and jumps   | operation (4 bits) | source (1) | class (3) |
 *     loads and stores       | mode (3 bits)      | size (2)   | class (3) |
 *
 * Every constant below is already shifted into its place, so that opcodes are built by `|` and taken apart by `&`.
 *
 * @see RFC 9669 (kernel: Documentation/bpf/standardization/instruction-set.rst)
 */

export const CLASS_MASK = 0x07;
export const CLASS_LD = 0x00;
export const CLASS_LDX = 0x01;
export const CLASS_ST = 0x02;
export const CLASS_STX = 0x03;
export const CLASS_ALU32 = 0x04;
export const CLASS_JMP = 0x05;
export const CLASS_JMP32 = 0x06;
export const CLASS_ALU64 = 0x07;

/** Arithmetic and jumps: is the second operand the immediate or the source register? */
export const SOURCE_MASK = 0x08;
export const SOURCE_IMM = 0x00;
export const SOURCE_REG = 0x08;

export const OPERATION_MASK = 0xf0;

export const ALU_ADD = 0x00;
export const ALU_SUB = 0x10;
export const ALU_MUL = 0x20;
/** Unsigned when `off` is 0, signed when `off` is 1. */
export const ALU_DIV = 0x30;
export const ALU_OR = 0x40;
export const ALU_AND = 0x50;
export const ALU_LSH = 0x60;
export const ALU_RSH = 0x70;
export const ALU_NEG = 0x80;
/** Unsigned when `off` is 0, signed when `off` is 1. */
export const ALU_MOD = 0x90;
export const ALU_XOR = 0xa0;
/** A plain copy when `off` is 0; sign-extends from `off` = 8, 16 or 32 bits otherwise. */
export const ALU_MOV = 0xb0;
export const ALU_ARSH = 0xc0;
export const ALU_END = 0xd0;

/** `off` of a division or remainder that is signed. */
export const OFF_SIGNED = 1;

export const JMP_ALWAYS = 0x00;
export const JMP_EQ = 0x10;
export const JMP_GT = 0x20;
export const JMP_GE = 0x30;
export const JMP_SET = 0x40;
export const JMP_NE = 0x50;
export const JMP_SGT = 0x60;
export const JMP_SGE = 0x70;
export const JMP_CALL = 0x80;
export const JMP_EXIT = 0x90;
export const JMP_LT = 0xa0;
export const JMP_LE = 0xb0;
export const JMP_SLT = 0xc0;
export const JMP_SLE = 0xd0;

export const SIZE_MASK = 0x18;
export const SIZE_W = 0x00;
export const SIZE_H = 0x08;
export const SIZE_B = 0x10;
export const SIZE_DW = 0x18;

export const MODE_MASK = 0xe0;
export const MODE_IMM = 0x00;
/** Classic BPF's packet loads; deprecated by the standard and never emitted here. */
export const MODE_ABS = 0x20;
export const MODE_IND = 0x40;
export const MODE_MEM = 0x60;
export const MODE_MEMSX = 0x80;
export const MODE_ATOMIC = 0xc0;

/** The only instruction of two slots: 64 bits of immediate. */
export const LD_IMM64 = CLASS_LD | SIZE_DW | MODE_IMM;

/** `imm` of an atomic instruction: an operation, with or without {@link ATOMIC_FETCH}. */
export const ATOMIC_FETCH = 0x01;
export const ATOMIC_ADD = 0x00;
export const ATOMIC_OR = 0x40;
export const ATOMIC_AND = 0x50;
export const ATOMIC_XOR = 0xa0;
/** Exchanges always fetch. */
export const ATOMIC_XCHG = 0xe0 | ATOMIC_FETCH;
export const ATOMIC_CMPXCHG = 0xf0 | ATOMIC_FETCH;

/** `src` of a 64-bit immediate load: what the immediate stands for until the kernel (or interpreter) replaces it. */
export const PSEUDO_NUMBER = 0;
export const PSEUDO_MAP_FD = 1;
export const PSEUDO_MAP_VALUE = 2;
export const PSEUDO_BTF_ID = 3;
export const PSEUDO_FUNC = 4;
export const PSEUDO_MAP_INDEX = 5;
export const PSEUDO_MAP_INDEX_VALUE = 6;

/** `src` of a call: which kind of function `imm` names. */
export const CALL_HELPER = 0;
export const CALL_SUBPROGRAM = 1;
export const CALL_KFUNC = 2;

/** The frame pointer: readable, never writable. */
export const FRAME_POINTER = 10;
