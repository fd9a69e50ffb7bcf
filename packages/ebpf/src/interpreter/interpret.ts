/**
 * Runs an eBPF program in V8, exactly as the kernel would, and stops it where the kernel's verifier would have refused it.
 *
 * It is the judge of compiled code where no kernel is at hand: every arithmetic corner of the standard, every access
 * checked against what it points into, every read of a register or stack byte that was never written reported.
 *
 *     const program = prepareProgram([alu64Imm("mov", 0, 2), exit()]);
 *     interpret(program, { maps, helpers: coreHelpers }, xdpContext(new PacketBuffer(bytes))).r0; // 2n
 *
 * It does not prove what the verifier proves (bounds checks on every path, termination); it sees the path that was run.
 *
 * @see RFC 9669
 */

import * as bpf from "../object/index.ts";
import { formatInstruction } from "../object/index.ts";
import { runLoad, runStore } from "./access-step.ts";
import { makeAddress } from "./address.ts";
import { isConditionTrue } from "./arithmetic.ts";
import { runAlu32, runAlu64 } from "./arithmetic-step.ts";
import { runAtomic } from "./atomic-step.ts";
import { ProgramFault } from "./fault.ts";
import type { EntryContext, HelperRun, InterpretedMap, InterpreterMachine } from "./machine.ts";
import { Memory } from "./memory.ts";
import type { InterpretedProgram, Step } from "./program.ts";
import { ByteRegion } from "./region.ts";
import { RegisterFile } from "./registers.ts";

export interface Outcome {
  /** What the program returned, unsigned 64 bits. */
  readonly r0: bigint;
  /** Instructions that were run. */
  readonly steps: number;
}

/** @throws ProgramFault if the program does what the verifier would not allow, with the place */
export function interpret(program: InterpretedProgram, machine: InterpreterMachine, context: EntryContext): Outcome {
  return new Run(program, machine, context).start();
}

/** Bytes of a function's stack (MAX_BPF_STACK). */
const STACK_BYTES = 512;
/** Functions that may be active at once (MAX_CALL_FRAMES). */
const MAX_FRAMES = 8;
const DEFAULT_STEP_LIMIT = 10_000_000;

/** A function call's own registers and stack, reused by later calls at the same depth. */
interface Frame {
  readonly registers: RegisterFile;
  readonly stack: ByteRegion;
  readonly framePointer: bigint;
}

class Run implements HelperRun {
  readonly memory = new Memory();
  readonly context: EntryContext;
  readonly #steps: InterpretedProgram["steps"];
  readonly #machine: InterpreterMachine;
  readonly #stepLimit: number;
  readonly #frames: Frame[] = [];
  #depth = 0;
  #count = 0;

  constructor(program: InterpretedProgram, machine: InterpreterMachine, context: EntryContext) {
    this.context = context;
    this.#steps = program.steps;
    this.#machine = machine;
    this.#stepLimit = machine.stepLimit ?? DEFAULT_STEP_LIMIT;
  }

  start(): Outcome {
    const r0 = this.#runFunction(0, [this.memory.addressOfContext(this.context)]);
    return { r0, steps: this.#count };
  }

  readonly callFunction = (address: bigint, args: readonly bigint[]): bigint => {
    return this.#runFunction(this.memory.functionAt(address), args);
  };

  #runFunction(slot: number, args: readonly bigint[]): bigint {
    const { registers } = this.#enter();
    args.forEach((value, index) => {
      registers.setQuad(index + 1, value);
    });
    this.#execute(registers, slot, true);
    this.#depth--;
    return BigInt.asUintN(64, registers.quad(0));
  }

  /** Opens the next frame, with nothing in it written. */
  #enter(): Frame {
    if (this.#depth === MAX_FRAMES) throw new ProgramFault("call-depth", `it is the ${MAX_FRAMES + 1}th nested call`);
    const frame = this.#frames[this.#depth] ?? this.#addFrame();
    this.#depth++;
    frame.registers.begin(frame.framePointer);
    frame.stack.written?.fill(0);
    return frame;
  }

  #addFrame(): Frame {
    const stack = new ByteRegion("stack", `stack of call ${this.#frames.length}`, new Uint8Array(STACK_BYTES));
    const framePointer = makeAddress(this.memory.add(stack), STACK_BYTES);
    const frame = { registers: new RegisterFile(), stack, framePointer };
    this.#frames.push(frame);
    return frame;
  }

  /** Runs until the function that begins at this slot exits. */
  #execute(registers: RegisterFile, entry: number, needsResult: boolean): void {
    let slot = entry;
    let current: Step | undefined;
    try {
      for (;;) {
        const step = this.#steps[slot];
        if (step === undefined)
          throw new ProgramFault("jump-out-of-program", `no instruction begins at slot ${slot}, where it goes on`);
        current = step;
        if (++this.#count > this.#stepLimit)
          throw new ProgramFault("step-limit", `it has run ${this.#stepLimit} instructions`);
        if (step.opcode === EXIT) {
          if (needsResult) registers.low(0);
          return;
        }
        slot = this.#run(registers, step);
      }
    } catch (error) {
      if (!(error instanceof ProgramFault) || current === undefined) throw error;
      throw error.at({ slot: current.slot, instruction: formatInstruction(current.instruction, current.slot) });
    }
  }

  /** @returns the slot to go on at */
  #run(registers: RegisterFile, step: Step): number {
    const { slot } = step;
    switch (step.opcode & bpf.CLASS_MASK) {
      case bpf.CLASS_ALU64:
        runAlu64(registers, step);
        return slot + 1;
      case bpf.CLASS_ALU32:
        runAlu32(registers, step);
        return slot + 1;
      case bpf.CLASS_LDX:
        runLoad(this.memory, registers, step);
        return slot + 1;
      case bpf.CLASS_ST:
        runStore(this.memory, registers, step);
        return slot + 1;
      case bpf.CLASS_STX:
        if ((step.opcode & bpf.MODE_MASK) === bpf.MODE_ATOMIC) runAtomic(this.memory, registers, step);
        else runStore(this.memory, registers, step);
        return slot + 1;
      case bpf.CLASS_LD:
        this.#loadImmediate(registers, step);
        return slot + 2;
      default:
        return step.opcode === CALL ? this.#call(registers, step) : jumpTarget(registers, step);
    }
  }

  #loadImmediate(registers: RegisterFile, step: Step): void {
    if (step.src === bpf.PSEUDO_NUMBER) registers.setWords(step.dst, step.imm, step.immHigh);
    else registers.setQuad(step.dst, this.#addressFor(step));
  }

  #addressFor({ slot, src, imm, immHigh }: Step): bigint {
    switch (src) {
      case bpf.PSEUDO_MAP_FD:
      case bpf.PSEUDO_MAP_INDEX:
        return this.memory.addressOfMap(this.#map(imm));
      case bpf.PSEUDO_FUNC:
        return this.memory.addressOfFunction(slot + 1 + imm);
      default:
        return this.memory.addressOfMapValues(this.#map(imm), immHigh);
    }
  }

  #map(number: number): InterpretedMap {
    const map = this.#machine.maps.get(number);
    if (map === undefined) throw new ProgramFault("unknown-map", `the machine has no map ${number}`);
    return map;
  }

  /** @returns the slot to go on at */
  #call(registers: RegisterFile, { slot, src, imm }: Step): number {
    if (src === bpf.CALL_SUBPROGRAM) {
      const callee = this.#enter().registers;
      callee.takeArguments(registers);
      // The verifier lets a function of the program return nothing if its caller reads nothing.
      this.#execute(callee, slot + 1 + imm, false);
      this.#depth--;
      registers.takeResult(callee);
    } else {
      this.#callHelper(registers, imm);
    }
    registers.forgetArguments();
    return slot + 1;
  }

  #callHelper(registers: RegisterFile, id: number): void {
    const helper = this.#machine.helpers.get(id);
    if (helper === undefined) throw new ProgramFault("unknown-helper", `the machine has no helper ${id}`);
    const args: bigint[] = [];
    for (let register = 1; register <= helper.parameters; register++) {
      args.push(BigInt.asUintN(64, registers.quad(register)));
    }
    registers.setQuad(0, helper.call(this, args));
    this.memory.retirePacket();
  }
}

const EXIT = bpf.CLASS_JMP | bpf.JMP_EXIT;
const CALL = bpf.CLASS_JMP | bpf.JMP_CALL;

function jumpTarget(registers: RegisterFile, { slot, opcode, dst, src, off, imm, immHigh }: Step): number {
  const is32 = (opcode & bpf.CLASS_MASK) === bpf.CLASS_JMP32;
  const condition = opcode & bpf.OPERATION_MASK;
  if (condition === bpf.JMP_ALWAYS) return slot + 1 + (is32 ? imm : off);
  const isRegister = (opcode & bpf.SOURCE_MASK) === bpf.SOURCE_REG;
  const left = registers.low(dst);
  const right = isRegister ? registers.low(src) : imm;
  const leftHigh = is32 ? left >> 31 : registers.high(dst);
  const rightHigh = !is32 && isRegister ? registers.high(src) : is32 ? right >> 31 : immHigh;
  return isConditionTrue(condition, left, leftHigh, right, rightHigh) ? slot + 1 + off : slot + 1;
}
