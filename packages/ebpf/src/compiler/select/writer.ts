/**
 * Writes one machine function: blocks, registers and the instructions in them.
 */
import type { IrFunction } from "../ir/ir.ts";
import type {
  AluOperator,
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  Operand,
  Terminator,
  VirtualRegister,
  Width,
} from "../machine/machine.ts";
import type { Span } from "../tree.ts";

/** A block while it is written. */
export interface OpenBlock {
  readonly id: number;
  readonly cold: boolean;
  readonly phis: MachinePhi[];
  readonly body: MachineInstruction[];
}

export class MachineWriter {
  readonly #blocks: MachineBlock[] = [];
  #registers = 0;
  #nextBlock: number;
  #open: OpenBlock | null = null;

  /** @param firstFreeBlock ids from here on are free for blocks that the intermediate form does not have */
  constructor(firstFreeBlock: number) {
    this.#nextBlock = firstFreeBlock;
  }

  register(): VirtualRegister {
    return this.#registers++;
  }

  newBlockId(): number {
    return this.#nextBlock++;
  }

  /** The block that instructions go to. */
  get block(): OpenBlock {
    if (this.#open === null) throw new Error("no block is open");
    return this.#open;
  }

  open(id: number, cold: boolean): void {
    if (this.#open !== null) throw new Error(`block ${this.#open.id} is still open`);
    this.#open = { id, cold, phis: [], body: [] };
  }

  close(end: Terminator): void {
    this.#blocks.push({ ...this.block, loopDepth: 0, end });
    this.#open = null;
  }

  write(instruction: MachineInstruction): void {
    this.block.body.push(instruction);
  }

  alu(operator: AluOperator, width: Width, left: Operand, right: Operand, at: Span): VirtualRegister {
    const dst = this.register();
    this.write({ op: "alu", operator, width, dst, left, right, at });
    return dst;
  }

  finish(fn: IrFunction, params: readonly (VirtualRegister | null)[]): MachineFunction {
    return {
      name: fn.name,
      role: fn.role,
      params,
      blocks: this.#blocks,
      slots: fn.slots.map(({ size, align }) => ({ size, align })),
      registerCount: this.#registers,
      at: fn.at,
    };
  }
}

export function register(index: VirtualRegister): Operand {
  return { kind: "register", register: index };
}

export function immediate(value: bigint): Operand {
  return { kind: "immediate", value };
}
