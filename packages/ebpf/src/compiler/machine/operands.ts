/**
 * What a machine instruction reads and defines, so that passes need no switch of their own.
 */
import type { Base, MachineInstruction, Operand, Terminator, VirtualRegister } from "./machine.ts";

/** The register an instruction defines; `null` if it defines none. */
export function definedRegister(instruction: MachineInstruction): VirtualRegister | null {
  return instruction.op === "store" || instruction.op === "slotStart" ? null : instruction.dst;
}

/** Everything an instruction reads, bases of memory accesses included, in reading order. */
export function operandsOf(instruction: MachineInstruction): readonly Operand[] {
  switch (instruction.op) {
    case "move":
    case "unary":
      return [instruction.src];
    case "alu":
      return [instruction.left, instruction.right];
    case "load":
      return [baseOperand(instruction.base)];
    case "store":
      return [baseOperand(instruction.base), instruction.src];
    case "atomic": {
      const read = [baseOperand(instruction.base), instruction.src];
      return instruction.expected === null ? read : [...read, instruction.expected];
    }
    case "call":
      return instruction.args;
    case "slotStart":
      return [];
  }
}

/** Everything the end of a block reads. */
export function operandsOfEnd(end: Terminator): readonly Operand[] {
  switch (end.op) {
    case "jump":
      return [];
    case "branch":
      return [end.left, end.right];
    case "return":
      return end.value === null ? [] : [end.value];
  }
}

/** Ids of the blocks that may run next, each once. */
export function targetsOf(end: Terminator): readonly number[] {
  switch (end.op) {
    case "jump":
      return [end.target];
    case "branch":
      return end.ifTrue === end.ifFalse ? [end.ifTrue] : [end.ifTrue, end.ifFalse];
    case "return":
      return [];
  }
}

/** The address a memory access starts from, as an operand. */
export function baseOperand(base: Base): Operand {
  return base.kind === "slot" ? { kind: "slot", slot: base.slot, offset: 0 } : base;
}
