/**
 * A program's context: a structure of the kernel of which each field answers by itself.
 *
 * In the kernel the verifier rewrites loads from a context; what looks like a 4-byte load of `xdp_md.data` gives a 64-bit
 * pointer. Here a load finds its field and asks it. The layouts the kernel has are in `context-layouts.ts`.
 */

import type { AccessSize } from "../object/index.ts";
import { ProgramFault } from "./fault.ts";
import type { InterpretedPacket, ProgramContext, ProgramMemory } from "./machine.ts";

export interface ContextField {
  readonly name: string;
  /** Bytes from the start of the structure. */
  readonly offset: number;
  /** Bytes in the structure; 4 for a packet pointer of `xdp_md`, however wide the pointer is. */
  readonly size: 1 | 2 | 4 | 8;
  /** A packet pointer can only be loaded whole; parts of a number may be loaded alone. */
  readonly isPointer?: boolean;
  read(memory: ProgramMemory): bigint;
  /** Absent for a field that programs must not write. */
  write?(value: bigint): void;
}

/** @param fields in any order, not overlapping */
export function createContext(
  name: string,
  fields: readonly ContextField[],
  packet?: InterpretedPacket,
): ProgramContext {
  const fieldAt = (offset: number, size: AccessSize): ContextField | undefined =>
    fields.find((field) => offset >= field.offset && offset + size <= field.offset + field.size);

  return {
    name,
    ...(packet === undefined ? {} : { packet }),
    load(offset, size, memory) {
      const field = fieldAt(offset, size);
      if (field === undefined || (field.isPointer === true && size !== field.size)) {
        throw new ProgramFault("context-access", `${name} has no readable field of ${size} bytes at offset ${offset}`);
      }
      const value = field.read(memory);
      if (field.isPointer === true) return value;
      return BigInt.asUintN(8 * size, value >> BigInt(8 * (offset - field.offset)));
    },
    store(offset, size, value) {
      const field = fieldAt(offset, size);
      if (field?.write === undefined || size !== field.size) {
        throw new ProgramFault("context-access", `${name} has no writable field of ${size} bytes at offset ${offset}`);
      }
      field.write(BigInt.asUintN(8 * size, value));
    },
  };
}
