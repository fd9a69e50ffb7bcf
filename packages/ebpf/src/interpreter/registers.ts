/**
 * The eleven registers of one function call: r0..r9 and the frame pointer r10.
 *
 * One buffer is seen as 22 words and as 11 quads. Words are JavaScript's fast integers and serve 32-bit arithmetic,
 * comparisons and addresses; quads are bigints and serve 64-bit arithmetic. Every read checks that the register was
 * written, as the verifier does.
 */

import { FRAME_POINTER } from "../object/index.ts";
import { ProgramFault } from "./fault.ts";

const REGISTERS = 11;

/** Bits of r1..r5, which a call uses up. */
export const ARGUMENT_REGISTERS = 0b11_1110;

export class RegisterFile {
  // Low word first: the two views agree on a little-endian host, and Node runs on no other that has BPF.
  readonly #words: Int32Array;
  readonly #quads: BigInt64Array;
  #written = 0;

  constructor() {
    this.#quads = new BigInt64Array(REGISTERS);
    this.#words = new Int32Array(this.#quads.buffer);
  }

  /** Forgets everything and sets the frame pointer: the state in which a function begins. */
  begin(framePointer: bigint): void {
    this.#quads[FRAME_POINTER] = framePointer;
    this.#written = 1 << FRAME_POINTER;
  }

  isWritten(register: number): boolean {
    return ((this.#written >>> register) & 1) === 1;
  }

  /** The low 32 bits, signed. */
  low(register: number): number {
    this.#checkWritten(register);
    return this.#words[2 * register] ?? 0;
  }

  /** The high 32 bits, signed. */
  high(register: number): number {
    this.#checkWritten(register);
    return this.#words[2 * register + 1] ?? 0;
  }

  /** All 64 bits, signed. */
  quad(register: number): bigint {
    this.#checkWritten(register);
    return this.#quads[register] ?? 0n;
  }

  setWords(register: number, low: number, high: number): void {
    this.#checkWritable(register);
    this.#words[2 * register] = low;
    this.#words[2 * register + 1] = high;
    this.#written |= 1 << register;
  }

  /** Stores the value modulo 2^64. */
  setQuad(register: number, value: bigint): void {
    this.#checkWritable(register);
    this.#quads[register] = value;
    this.#written |= 1 << register;
  }

  /** Makes r1..r5 unreadable, as they are after a call. */
  forgetArguments(): void {
    this.#written &= ~ARGUMENT_REGISTERS;
  }

  /** Takes over those of r1..r5 that the caller has written. */
  takeArguments(caller: RegisterFile): void {
    for (let register = 1; register <= 5; register++) {
      if (caller.isWritten(register)) this.setQuad(register, caller.quad(register));
    }
  }

  /** Takes over r0 of a function that was called, if it has one. */
  takeResult(callee: RegisterFile): void {
    if (callee.isWritten(0)) this.setQuad(0, callee.quad(0));
    else this.#written &= ~1;
  }

  #checkWritten(register: number): void {
    if (((this.#written >>> register) & 1) === 0) {
      throw new ProgramFault(
        "register-unwritten",
        `it reads r${register}, which nothing has written since the function began or called`,
      );
    }
  }

  #checkWritable(register: number): void {
    if (register === FRAME_POINTER) throw new ProgramFault("frame-pointer-written", "it writes r10, the frame pointer");
  }
}
