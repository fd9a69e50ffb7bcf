/**
 * Drops instructions whose result nobody reads: folding leaves some behind.
 */
import type { Base, MachineFunction, MachineInstruction, Operand, VirtualRegister } from "../machine/machine.ts";

export function removeDeadCode(fn: MachineFunction): MachineFunction {
  const used = new Uint8Array(fn.registerCount);
  const definitions = collectDefinitions(fn);
  const open: VirtualRegister[] = [];
  const use = (register: VirtualRegister): void => {
    if (used[register] === 1) return;
    used[register] = 1;
    open.push(register);
  };
  for (const { body, end } of fn.blocks) {
    for (const instruction of body) if (hasEffect(instruction)) forEachRead(instruction, use);
    if (end.op === "branch") for (const operand of [end.left, end.right]) readOperand(operand, use);
    if (end.op === "return" && end.value !== null) readOperand(end.value, use);
  }
  for (let register = open.pop(); register !== undefined; register = open.pop()) definitions.get(register)?.(use);
  const isUsed = (register: VirtualRegister): boolean => used[register] === 1;
  return {
    ...fn,
    params: fn.params.map((param) => (param !== null && isUsed(param) ? param : null)),
    blocks: fn.blocks.map((block) => ({
      ...block,
      phis: block.phis.filter((phi) => isUsed(phi.dst)),
      body: block.body.filter((instruction) => hasEffect(instruction) || isUsed(definedBy(instruction) ?? -1)),
    })),
  };
}

type Use = (register: VirtualRegister) => void;

/** What to mark when a register turns out to be read. */
function collectDefinitions(fn: MachineFunction): ReadonlyMap<VirtualRegister, (use: Use) => void> {
  const definitions = new Map<VirtualRegister, (use: Use) => void>();
  for (const { phis, body } of fn.blocks) {
    for (const phi of phis) {
      definitions.set(phi.dst, (use) => {
        for (const source of phi.sources.values()) readOperand(source, use);
      });
    }
    for (const instruction of body) {
      const dst = definedBy(instruction);
      if (dst !== null) definitions.set(dst, (use) => forEachRead(instruction, use));
    }
  }
  return definitions;
}

function hasEffect(instruction: MachineInstruction): boolean {
  return ["store", "atomic", "call", "slotStart"].includes(instruction.op);
}

function definedBy(instruction: MachineInstruction): VirtualRegister | null {
  return "dst" in instruction ? instruction.dst : null;
}

function readOperand(operand: Operand, use: Use): void {
  if (operand.kind === "register") use(operand.register);
}

function readBase(base: Base, use: Use): void {
  if (base.kind === "register") use(base.register);
}

function forEachRead(instruction: MachineInstruction, use: Use): void {
  switch (instruction.op) {
    case "move":
    case "unary":
      readOperand(instruction.src, use);
      return;
    case "alu":
      readOperand(instruction.left, use);
      readOperand(instruction.right, use);
      return;
    case "load":
      readBase(instruction.base, use);
      return;
    case "store":
      readBase(instruction.base, use);
      readOperand(instruction.src, use);
      return;
    case "atomic":
      readBase(instruction.base, use);
      readOperand(instruction.src, use);
      if (instruction.expected !== null) readOperand(instruction.expected, use);
      return;
    case "call":
      for (const arg of instruction.args) readOperand(arg, use);
      return;
    case "slotStart":
      return;
  }
}
