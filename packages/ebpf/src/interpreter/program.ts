/**
 * A program made ready to run: instructions by slot, so that jumps are plain additions.
 */

import { formatInstruction, type Instruction, isWide, slotPositions } from "../object/index.ts";
import { ProgramFault } from "./fault.ts";
import { refusalOf } from "./refusal.ts";

/** An instruction with its immediate as two words, which suits both widths. */
export interface Step {
  /** Its place in the program. */
  readonly slot: number;
  readonly opcode: number;
  readonly dst: number;
  readonly src: number;
  readonly off: number;
  /** The low word of the immediate, signed. */
  readonly imm: number;
  /** The high word of a 64-bit immediate; elsewhere the sign of `imm`. */
  readonly immHigh: number;
  readonly instruction: Instruction;
}

export interface InterpretedProgram {
  /** By slot. The second slot of a 64-bit immediate load is undefined: jumping there is a fault. */
  readonly steps: readonly (Step | undefined)[];
}

/**
 * Ready once, runs many times. All functions of the program stand in the one list, the main one first.
 *
 * @throws ProgramFault for an instruction that the kernel refuses by its looks
 */
export function prepareProgram(instructions: readonly Instruction[]): InterpretedProgram {
  const positions = slotPositions(instructions);
  const steps: (Step | undefined)[] = new Array<undefined>(positions.at(-1) ?? 0).fill(undefined);
  instructions.forEach((instruction, index) => {
    const slot = positions[index] ?? 0;
    const refusal = refusalOf(instruction);
    if (refusal !== undefined) {
      throw new ProgramFault("refused-instruction", refusal, {
        slot,
        instruction: formatInstruction(instruction, slot),
      });
    }
    steps[slot] = toStep(instruction, slot);
  });
  return { steps };
}

function toStep(instruction: Instruction, slot: number): Step {
  const { opcode, dst, src, off } = instruction;
  if (!isWide(instruction)) {
    return { slot, opcode, dst, src, off, imm: instruction.imm, immHigh: instruction.imm >> 31, instruction };
  }
  const imm = Number(BigInt.asIntN(32, instruction.imm));
  const immHigh = Number(BigInt.asIntN(32, instruction.imm >> 32n));
  return { slot, opcode, dst, src, off, imm, immHigh, instruction };
}
