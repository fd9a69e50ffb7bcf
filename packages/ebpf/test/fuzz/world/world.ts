/**
 * A world in which a compiled program runs: the twin, the interpreter, the kernel. What they show is compared.
 */
import type { Fill, GeneratedProgram } from "../generate/generate.ts";

/** What a run leaves behind. */
export interface Outcome {
  /** The program's return value, unsigned 32 bits. */
  readonly verdict: number;
  /** The packet, or the arguments, as hexadecimal digits. */
  readonly bytes: string;
  /** Of tcx programs. */
  readonly mark?: number;
  readonly priority?: number;
}

/** One program with tables of its own. */
export interface World {
  /** Runs the program on a packet, or on arguments. */
  run(input: Uint8Array): Outcome;
  /** The contents of all maps: a line an element, sorted, except where the order is the content. */
  contents(): Contents;
}

/** Lines by the name of the map. */
export type Contents = ReadonlyMap<string, readonly string[]>;

/** What the kernel's test run says of the device: packets come in over the loopback interface. */
export const TEST_RUN_IFINDEX = 1;

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

export function entryLine(key: Uint8Array, value: Uint8Array): string {
  return `${hex(key)} = ${hex(value)}`;
}

export type { Fill };

/** What a world needs to know of a program besides its code. */
export type Runnable = Pick<GeneratedProgram, "kind" | "config">;
