/**
 * Instructions to bytes and back, little endian (the byte order of every machine this project supports).
 *
 *     byte  0        1                  2..3   4..7
 *           opcode   src << 4 | dst     off    imm
 *
 * A 64-bit immediate load is followed by a second slot that is zero but for its `imm`, the high half.
 *
 * @see RFC 9669 section 3.1 and 3.2
 */

import { checkInstruction, type Instruction, isWide, slotsOf } from "./instruction.ts";
import { LD_IMM64 } from "./opcode.ts";
import type { Decoded } from "./outcome.ts";

export const SLOT_BYTES = 8;

/** @throws RangeError if a field does not fit, see `checkInstruction` */
export function encodeInstructions(instructions: readonly Instruction[]): Uint8Array {
  const slots = instructions.reduce((sum, instruction) => sum + slotsOf(instruction), 0);
  const bytes = new Uint8Array(slots * SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const instruction of instructions) {
    encodeOne(view, at, checkInstruction(instruction));
    at += slotsOf(instruction) * SLOT_BYTES;
  }
  return bytes;
}

function encodeOne(view: DataView, at: number, instruction: Instruction): void {
  if ((instruction.opcode === LD_IMM64) !== isWide(instruction)) {
    throw new RangeError(
      `Cannot encode opcode 0x${instruction.opcode.toString(16)} with an immediate of type ${typeof instruction.imm}: ` +
        "the 64-bit immediate load carries a bigint, every other instruction a number. Use the builders in assemble.ts.",
    );
  }
  view.setUint8(at, instruction.opcode);
  view.setUint8(at + 1, (instruction.src << 4) | instruction.dst);
  view.setInt16(at + 2, instruction.off, true);
  if (isWide(instruction)) {
    view.setUint32(at + 4, Number(instruction.imm & 0xffff_ffffn), true);
    view.setUint32(at + 12, Number(instruction.imm >> 32n), true);
  } else {
    view.setInt32(at + 4, instruction.imm, true);
  }
}

/** Reads a whole program. Opcodes are not judged, only what would not survive encoding again is refused. */
export function decodeInstructions(bytes: Uint8Array): Decoded<readonly Instruction[]> {
  if (bytes.length % SLOT_BYTES !== 0) {
    return malformed(bytes, `its length is no multiple of the ${SLOT_BYTES} bytes of an instruction`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const instructions: Instruction[] = [];
  for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
    const opcode = view.getUint8(at);
    const registers = view.getUint8(at + 1);
    const dst = registers & 0x0f;
    const src = registers >> 4;
    if (dst > 10 || src > 10) {
      return malformed(bytes, `slot ${at / SLOT_BYTES} names register r${Math.max(dst, src)}, and the last one is r10`);
    }
    const off = view.getInt16(at + 2, true);
    if (opcode !== LD_IMM64) {
      instructions.push({ opcode, dst, src, off, imm: view.getInt32(at + 4, true) });
      continue;
    }
    if (at + 2 * SLOT_BYTES > bytes.length || view.getUint32(at + 8, true) !== 0) {
      return malformed(bytes, `slot ${at / SLOT_BYTES} begins a 64-bit immediate load whose second slot is not one`);
    }
    const imm = (BigInt(view.getUint32(at + 12, true)) << 32n) | BigInt(view.getUint32(at + 4, true));
    instructions.push({ opcode, dst, src, off, imm });
    at += SLOT_BYTES;
  }
  return { ok: true, value: instructions };
}

function malformed(bytes: Uint8Array, why: string): Decoded<never> {
  return {
    ok: false,
    problem: {
      code: "instructions-malformed",
      what: `Cannot decode ${bytes.length} bytes as eBPF instructions`,
      why,
      fix: "Pass the instructions of one program exactly as the kernel or an object file holds them.",
    },
  };
}
