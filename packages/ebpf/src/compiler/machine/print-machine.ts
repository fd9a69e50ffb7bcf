/**
 * Machine code as text, for golden listings and for the dumps of failed internal checks.
 *
 * ```
 * program(v0)
 *   slot0: 8 bytes, aligned to 8
 * block 0:
 *   v1 = load u32 [v0 + 4]
 *   v2 = v1 add32 1
 *   if v2 u> 9 (32 bits) then block 2 else block 1
 * ```
 */
import type {
  Base,
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MachineProgram,
  Operand,
  Terminator,
} from "./machine.ts";

export function printMachine(program: MachineProgram): string {
  return program.functions.map(printMachineFunction).join("\n");
}

export function printMachineFunction(fn: MachineFunction): string {
  const params = fn.params.map((param) => (param === null ? "_" : `v${param}`)).join(", ");
  const slots = fn.slots
    .map((slot, index) => `  slot${index}: ${slot.size} bytes, aligned to ${slot.align}\n`)
    .join("");
  return `${fn.name}(${params})\n${slots}${fn.blocks.map(printBlock).join("")}`;
}

function printBlock(block: MachineBlock): string {
  const notes = [block.cold ? "cold" : "", block.loopDepth > 0 ? `loop depth ${block.loopDepth}` : ""].filter(Boolean);
  const title = `block ${block.id}:${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
  const phis = block.phis.map((phi) => {
    const sources = [...phi.sources].map(([id, source]) => `block ${id}: ${printOperand(source)}`).join(", ");
    return `v${phi.dst} = phi(${sources})`;
  });
  const lines = [...phis, ...block.body.map(printInstruction), printEnd(block.end)];
  return `${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

export function printInstruction(instruction: MachineInstruction): string {
  switch (instruction.op) {
    case "move":
      return `v${instruction.dst} = ${printOperand(instruction.src)}`;
    case "alu": {
      const { dst, left, operator, width, right } = instruction;
      return `v${dst} = ${printOperand(left)} ${operator}${width} ${printOperand(right)}`;
    }
    case "unary":
      return `v${instruction.dst} = ${instruction.operator} ${printOperand(instruction.src)}`;
    case "load":
      return `v${instruction.dst} = load u${instruction.size * 8} ${printMemory(instruction.base, instruction.offset)}`;
    case "store": {
      const { size, base, offset, src } = instruction;
      return `store u${size * 8} ${printMemory(base, offset)} = ${printOperand(src)}`;
    }
    case "atomic": {
      const { dst, operator, size, base, offset, src, expected } = instruction;
      const result = dst === null ? "" : `v${dst} = `;
      const wanted = expected === null ? "" : ` if ${printOperand(expected)}`;
      return `${result}atomic ${operator} u${size * 8} ${printMemory(base, offset)}, ${printOperand(src)}${wanted}`;
    }
    case "call": {
      const result = instruction.dst === null ? "" : `v${instruction.dst} = `;
      return `${result}call ${instruction.callee.name}(${instruction.args.map(printOperand).join(", ")})`;
    }
    case "slotStart":
      return `start slot${instruction.slot}`;
  }
}

export function printEnd(end: Terminator): string {
  switch (end.op) {
    case "jump":
      return `jump block ${end.target}`;
    case "branch": {
      const test = `${printOperand(end.left)} ${end.condition} ${printOperand(end.right)} (${end.width} bits)`;
      return `if ${test} then block ${end.ifTrue} else block ${end.ifFalse}`;
    }
    case "return":
      return end.value === null ? "return" : `return ${printOperand(end.value)}`;
  }
}

export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case "register":
      return `v${operand.register}`;
    case "immediate":
      return String(operand.value);
    case "slot":
      return operand.offset === 0 ? `&slot${operand.slot}` : `&slot${operand.slot}${signed(operand.offset)}`;
    case "map":
      return `&map ${operand.map}`;
    case "mapValue":
      return `&value of ${operand.map}${signed(operand.offset)}`;
    case "function":
      return `&function ${operand.name}`;
  }
}

function printMemory(base: Base, offset: number): string {
  return `[${base.kind === "register" ? `v${base.register}` : `slot${base.slot}`}${offset === 0 ? "" : signed(offset)}]`;
}

function signed(offset: number): string {
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}
