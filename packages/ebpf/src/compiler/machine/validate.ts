/**
 * Checks that machine code is what `allocate` may rely on: SSA form and whole control flow.
 *
 * The program's author cannot cause a failure here; it means that an earlier phase is wrong.
 */

import { type Flow, flowOf } from "./flow.ts";
import { item } from "./item.ts";
import type {
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  MachineProgram,
  Operand,
  Terminator,
} from "./machine.ts";
import { definedRegister, operandsOf, operandsOfEnd } from "./operands.ts";
import { printEnd, printInstruction, printMachineFunction } from "./print-machine.ts";

/**
 * @returns the control flow of each function, which the phases after this need as well
 * @throws Error naming function, place and rule, with the function's listing
 */
export function validateMachine(program: MachineProgram): readonly Flow[] {
  const names = new Set(program.functions.map((fn) => fn.name));
  return program.functions.map((fn) => new Validation(fn, names).run());
}

/** Where a register is defined: parameters and phis stand before the first instruction, at -1. */
interface Definition {
  readonly block: number;
  readonly index: number;
}

/** What reads an operand; printed only when something is wrong. */
type Reader = MachineInstruction | Terminator | MachinePhi;

function print(reader: Reader): string {
  if ("sources" in reader) return `v${reader.dst} = phi`;
  return isEnd(reader) ? printEnd(reader) : printInstruction(reader);
}

function isEnd(reader: MachineInstruction | Terminator): reader is Terminator {
  return reader.op === "jump" || reader.op === "branch" || reader.op === "return";
}

class Validation {
  readonly #fn: MachineFunction;
  readonly #functionNames: ReadonlySet<string>;
  readonly #flow: Flow;
  readonly #definitions = new Map<number, Definition>();

  constructor(fn: MachineFunction, functionNames: ReadonlySet<string>) {
    this.#fn = fn;
    this.#functionNames = functionNames;
    const ids = fn.blocks.map((block) => block.id);
    if (new Set(ids).size !== ids.length) this.#fail("two blocks have the same id");
    this.#flow = flowOf(fn);
  }

  run(): Flow {
    if (this.#fn.params.length > 5) this.#fail("more than five parameters");
    if (item(this.#flow.predecessors, 0).length > 0) this.#fail("the entry block has a predecessor");
    this.#collectDefinitions();
    this.#flow.blocks.forEach((block, number) => {
      this.#checkPhis(number);
      block.body.forEach((instruction, index) => {
        this.#checkInstruction(instruction, { block: number, index });
      });
      const at = { block: number, index: block.body.length };
      for (const operand of operandsOfEnd(block.end)) this.#checkOperand(operand, at, block.end);
    });
    return this.#flow;
  }

  #collectDefinitions(): void {
    for (const param of this.#fn.params) if (param !== null) this.#define(param, { block: 0, index: -1 });
    this.#flow.blocks.forEach((block, number) => {
      for (const phi of block.phis) this.#define(phi.dst, { block: number, index: -1 });
      block.body.forEach((instruction, index) => {
        const register = definedRegister(instruction);
        if (register !== null) this.#define(register, { block: number, index });
      });
    });
  }

  #define(register: number, at: Definition): void {
    if (register < 0 || register >= this.#fn.registerCount) {
      this.#fail(`v${register} is outside the ${this.#fn.registerCount} registers announced`);
    }
    if (this.#definitions.has(register)) this.#fail(`v${register} is defined twice`);
    this.#definitions.set(register, at);
  }

  #checkPhis(number: number): void {
    const block = item(this.#flow.blocks, number);
    const from = item(this.#flow.predecessors, number);
    for (const phi of block.phis) {
      for (const predecessor of from) {
        const { id, body } = item(this.#flow.blocks, predecessor);
        const source = phi.sources.get(id);
        if (source === undefined) this.#fail(`v${phi.dst} = phi in block ${block.id} has no source for block ${id}`);
        else this.#checkOperand(source, { block: predecessor, index: body.length }, phi);
      }
      if (from.length === 0) this.#fail(`v${phi.dst} is a phi in the entry block`);
    }
  }

  #checkInstruction(instruction: MachineInstruction, at: Definition): void {
    for (const operand of operandsOf(instruction)) this.#checkOperand(operand, at, instruction);
    if (instruction.op === "slotStart") this.#checkSlot(instruction.slot, instruction);
    if (instruction.op === "call") {
      if (instruction.args.length > 5) this.#fail(`more than five arguments: ${print(instruction)}`);
      if (instruction.callee.kind === "function") this.#checkFunction(instruction.callee.name, instruction);
    }
    if (instruction.op === "atomic") {
      const compares = instruction.operator === "compareExchange";
      if (compares !== (instruction.expected !== null))
        this.#fail(`only compareExchange has an expected value: ${print(instruction)}`);
    }
  }

  #checkOperand(operand: Operand, at: Definition, reader: Reader): void {
    if (operand.kind === "slot") this.#checkSlot(operand.slot, reader);
    if (operand.kind === "function") this.#checkFunction(operand.name, reader);
    if (operand.kind !== "register") return;
    const definition = this.#definitions.get(operand.register);
    if (definition === undefined) this.#fail(`v${operand.register} is used and never defined: ${print(reader)}`);
    else if (!this.#dominates(definition, at)) {
      this.#fail(`the definition of v${operand.register} does not dominate its use: ${print(reader)}`);
    }
  }

  #dominates(definition: Definition, use: Definition): boolean {
    if (definition.block === use.block) return definition.index < use.index;
    let block = use.block;
    while (block > definition.block) block = item(this.#flow.dominators, block);
    return block === definition.block;
  }

  #checkSlot(slot: number, reader: Reader): void {
    if (slot < 0 || slot >= this.#fn.slots.length) this.#fail(`there is no slot${slot}: ${print(reader)}`);
  }

  #checkFunction(name: string, reader: Reader): void {
    if (!this.#functionNames.has(name)) this.#fail(`there is no function ${name}: ${print(reader)}`);
  }

  #fail(rule: string): never {
    throw new Error(
      `Broken invariant in machine code of ${this.#fn.name}: ${rule}.\n${printMachineFunction(this.#fn)}`,
    );
  }
}
