/**
 * What an address can point at. Bytes that a program may touch, or something it may only pass on.
 */

import { ProgramFault } from "./fault.ts";
import type { InterpretedMap, ProgramContext } from "./machine.ts";

export type Region = ByteRegion | ContextRegion | MapRegion | FunctionRegion;

/** Loads and stores go through the context's fields. */
export interface ContextRegion {
  readonly kind: "context";
  readonly context: ProgramContext;
}

/** A map as such, as helpers take it. Not readable. */
export interface MapRegion {
  readonly kind: "map";
  readonly map: InterpretedMap;
}

/** All functions of the program; the offset is the slot. Not readable. */
export interface FunctionRegion {
  readonly kind: "function";
}

/** What bytes are, for messages and for the few rules that differ. */
export type ByteRegionUse = "stack" | "packet" | "map value" | "memory";

/** Bytes that can be loaded and stored, between bounds. */
export class ByteRegion {
  readonly kind = "bytes";
  readonly use: ByteRegionUse;
  /** For messages: "value of map flows". */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** First accessible byte and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** For a stack: which of its bytes were written. Absent where all are. */
  readonly written: Uint8Array | undefined;
  /** Set once pointers into it have become invalid; says by what. */
  staleSince: string | undefined;

  constructor(use: ByteRegionUse, name: string, bytes: Uint8Array, start = 0, end = bytes.length) {
    this.use = use;
    this.name = name;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = start;
    this.end = end;
    this.written = use === "stack" ? new Uint8Array(bytes.length) : undefined;
  }

  /** @throws ProgramFault unless all these bytes may be read */
  checkReadable(at: number, size: number): void {
    if (at < this.start || at + size > this.end || this.staleSince !== undefined)
      throw this.#outside("reads", at, size);
    if (this.written === undefined) return;
    for (let byte = at; byte < at + size; byte++) {
      if (this.written[byte] === 0) {
        throw new ProgramFault(
          "stack-unwritten",
          `it reads byte ${byte - this.end} of the ${this.name}, which was never written`,
        );
      }
    }
  }

  /** Also notes that these bytes are written from now on. @throws ProgramFault unless they may be */
  checkWritable(at: number, size: number): void {
    if (at < this.start || at + size > this.end || this.staleSince !== undefined)
      throw this.#outside("writes", at, size);
    this.written?.fill(1, at, at + size);
  }

  /** The verifier wants stack accesses aligned on every machine, as it tracks the stack in slots of eight bytes. */
  checkAligned(at: number, size: number): void {
    if (this.use === "stack" && at % size !== 0) {
      throw new ProgramFault(
        "misaligned",
        `it accesses ${size} bytes at offset ${at - this.end} of the ${this.name}, unaligned`,
      );
    }
  }

  #outside(verb: string, at: number, size: number): ProgramFault {
    if (this.staleSince !== undefined) {
      return new ProgramFault(
        "stale-pointer",
        `it ${verb} ${this.name} through a pointer from before ${this.staleSince}`,
      );
    }
    // A stack is addressed from its end, everything else from its start.
    const origin = this.use === "stack" ? this.end : this.start;
    return new ProgramFault(
      "out-of-bounds",
      `it ${verb} ${size} bytes at offset ${at - origin} of the ${this.name}, ` +
        `which spans ${this.start - origin}..${this.end - origin}`,
    );
  }
}
