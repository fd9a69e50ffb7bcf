/**
 * Short names for the parts of machine code that tests write most.
 */
import type { MachineInstruction, MachinePhi, Operand } from "../machine.ts";

export function immediate(value: bigint): Operand {
  return { kind: "immediate", value };
}

export function register(index: number): Operand {
  return { kind: "register", register: index };
}

/** @param sources of each predecessor's id its operand */
export function phiOf(dst: number, ...sources: readonly (readonly [number, Operand])[]): MachinePhi {
  return { dst, sources: new Map(sources) };
}

export function helperCallee(id: number, name: string): (MachineInstruction & { readonly op: "call" })["callee"] {
  return { kind: "helper", id, name };
}
