/**
 * The smallest packet programs, as instructions written by hand, for tests that need any program at all.
 */

/** One eBPF instruction of 8 bytes. */
export function instruction(opcode: number, destination = 0, source = 0, offset = 0, immediate = 0): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, opcode);
  view.setUint8(1, (source << 4) | destination);
  view.setInt16(2, offset, true);
  view.setInt32(4, immediate, true);
  return bytes;
}

/** A program that returns a constant: `r0 = value; exit`. */
export function returning(value: number): Uint8Array {
  return program(instruction(MOV64_IMMEDIATE, 0, 0, 0, value), instruction(EXIT));
}

/** Instructions one after the other. */
export function program(...instructions: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(instructions));
}

export const MOV64_IMMEDIATE = 0xb7;
export const MOV64_REGISTER = 0xbf;
export const LOAD_WORD = 0x61;
export const STORE_WORD_IMMEDIATE = 0x62;
export const EXIT = 0x95;
