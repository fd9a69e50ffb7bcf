/**
 * Drops instructions whose result nobody reads: folding leaves some behind.
 */
import type {
  Base,
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  Operand,
  VirtualRegister,
} from "../machine/machine.ts";

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
  for (let register = open.pop(); register !== undefined; register = open.pop()) {
    const definition = definitions[register];
    if (definition === undefined) continue;
    if ("op" in definition) forEachRead(definition, use);
    else for (const source of definition.sources.values()) readOperand(source, use);
  }
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

/** What defines each register; nothing does for parameters. */
function collectDefinitions(fn: MachineFunction): readonly (MachineInstruction | MachinePhi | undefined)[] {
  const definitions: (MachineInstruction | MachinePhi | undefined)[] = new Array(fn.registerCount);
  for (const { phis, body } of fn.blocks) {
    for (const phi of phis) definitions[phi.dst] = phi;
    for (const instruction of body) {
      const dst = definedBy(instruction);
      if (dst !== null) definitions[dst] = instruction;
    }
  }
  return definitions;
}

function hasEffect({ op }: MachineInstruction): boolean {
  return op === "store" || op === "atomic" || op === "call" || op === "slotStart";
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
