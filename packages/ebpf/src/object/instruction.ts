/**
 * An eBPF instruction as plain data.
 *
 * On the wire an instruction is a slot of eight bytes (one kind takes two, see `encoding.ts`):
 *
 *     | opcode 8 | dst 4 | src 4 | off 16, signed | imm 32, signed |
 *
 * The functions that build instructions are in `assemble.ts`.
 *
 * @see RFC 9669 section 3
 */

/** How many bytes a load or store moves. */
export type AccessSize = 1 | 2 | 4 | 8;

/** Every instruction but the 64-bit immediate load. */
export interface NarrowInstruction {
  /** One byte, see `opcode.ts`. */
  readonly opcode: number;
  /** Destination register, 0..10. */
  readonly dst: number;
  /** Source register, 0..10, or a pseudo source. */
  readonly src: number;
  /** Signed 16 bits: bytes for loads and stores, slots past the next one for jumps. */
  readonly off: number;
  /** Signed 32 bits. Operations of 64 bits extend the sign. */
  readonly imm: number;
}

/** The 64-bit immediate load, the only instruction that takes two slots. */
export interface WideInstruction {
  readonly opcode: number;
  readonly dst: number;
  /** What the immediate stands for: one of the `PSEUDO_` constants. */
  readonly src: number;
  readonly off: number;
  /** Unsigned 64 bits. For a map value: the offset in the high half, the descriptor in the low half. */
  readonly imm: bigint;
}

export type Instruction = NarrowInstruction | WideInstruction;

export function isWide(instruction: Instruction): instruction is WideInstruction {
  return typeof instruction.imm === "bigint";
}

/** Slots of eight bytes the instruction takes: jump offsets and line information count in these. */
export function slotsOf(instruction: Instruction): 1 | 2 {
  return isWide(instruction) ? 2 : 1;
}

/** The slot at which each instruction starts, followed by one more number: the slots of the whole program. */
export function slotPositions(instructions: readonly Instruction[]): readonly number[] {
  const positions = [0];
  let position = 0;
  for (const instruction of instructions) {
    position += slotsOf(instruction);
    positions.push(position);
  }
  return positions;
}

/**
 * Checks that every field fits its bits.
 *
 * @returns the same instruction, so that builders can wrap what they return
 * @throws RangeError naming the field and its value: a value cut silently would be a miscompiled program
 */
export function checkInstruction<T extends Instruction>(instruction: T): T {
  checkField("opcode", instruction.opcode, 0, 0xff);
  checkField("dst", instruction.dst, 0, 10);
  checkField("src", instruction.src, 0, 10);
  checkField("off", instruction.off, -0x8000, 0x7fff);
  if (typeof instruction.imm === "number") {
    checkField("imm", instruction.imm, -0x8000_0000, 0x7fff_ffff);
  } else if (instruction.imm < 0n || instruction.imm > 0xffff_ffff_ffff_ffffn) {
    throw outOfRange("imm", instruction.imm, 0, "2^64 - 1");
  }
  return instruction;
}

function checkField(field: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) throw outOfRange(field, value, low, high);
}

function outOfRange(field: string, value: number | bigint, low: number, high: number | string): RangeError {
  return new RangeError(
    `Cannot build an eBPF instruction with ${field} = ${value}: the field holds ${low}..${high}. ` +
      "Use a wider form (a register, a 64-bit immediate load, a far jump), or wrap the value before.",
  );
}
