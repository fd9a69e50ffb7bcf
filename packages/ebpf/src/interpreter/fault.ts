/**
 * Why a program was stopped: it did what the kernel's verifier would not let it do.
 *
 * A fault is an exception, because it is a broken invariant: compiled programs never fault. Parts of the interpreter and
 * helpers throw one with its reason; the interpreter adds the place before it leaves `interpret`.
 */

export type FaultCode =
  | "refused-instruction"
  | "jump-out-of-program"
  | "register-unwritten"
  | "frame-pointer-written"
  | "not-an-address"
  | "out-of-bounds"
  | "stale-pointer"
  | "read-only"
  | "stack-unwritten"
  | "misaligned"
  | "context-access"
  | "atomic-place"
  | "unknown-helper"
  | "unknown-map"
  | "helper-argument"
  | "call-depth"
  | "step-limit";

/** Where a program stood. */
export interface FaultPlace {
  /** Slot of the instruction, counted from the program's start. */
  readonly slot: number;
  /** The instruction in the verifier's syntax. */
  readonly instruction: string;
}

export class ProgramFault extends Error {
  /** Stable, for callers to tell faults apart. */
  readonly code: FaultCode;
  /** The fact that stopped the program, as the end of a sentence. */
  readonly why: string;
  /** Absent until the interpreter has added it. */
  readonly place: FaultPlace | undefined;

  constructor(code: FaultCode, why: string, place?: FaultPlace) {
    const where = place === undefined ? "" : ` at ${place.slot}: ${place.instruction}`;
    super(
      `Stopped an eBPF program${where}: ${why}. ` +
        "The kernel would refuse the program or misbehave; correct what emitted this instruction.",
    );
    this.name = "ProgramFault";
    this.code = code;
    this.why = why;
    this.place = place;
  }

  /** The same fault with its place; the innermost place is kept, for callbacks run inside a helper call. */
  at(place: FaultPlace): ProgramFault {
    return this.place === undefined ? new ProgramFault(this.code, this.why, place) : this;
  }
}
