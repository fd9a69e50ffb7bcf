/**
 * A compiled program: instructions, and what the loader must know to place them into a kernel.
 *
 * Every `index` and `start` here counts instructions (elements of `instructions`), not slots: the 64-bit immediate load is one.
 * `slotPositions` of the object package converts to the slots that the kernel counts.
 */
import type { Instruction } from "../../object/instruction.ts";
import type { Span } from "../tree.ts";

/** A 64-bit immediate load that gets its number when the program is loaded. */
export interface Relocation {
  readonly index: number;
  /** The address of a map, or of byte `offset` of its (only) value. */
  readonly kind: "map" | "mapValue";
  /** The map's name in the program. */
  readonly name: string;
  /** 0 for a map. */
  readonly offset: number;
}

export interface FunctionEntry {
  readonly name: string;
  readonly start: number;
  readonly at: Span;
}

/** From this instruction on code comes from the line at which `at` begins. */
export interface LineEntry {
  readonly index: number;
  readonly at: Span;
}

export interface Bytecode {
  /** All functions one after the other, the entry program first. Calls and function addresses are resolved. */
  readonly instructions: readonly Instruction[];
  readonly relocations: readonly Relocation[];
  /** In ascending order of `start`. */
  readonly functions: readonly FunctionEntry[];
  /** Ascending; the first instruction of every function has an entry, as the kernel demands. */
  readonly lines: readonly LineEntry[];
}
