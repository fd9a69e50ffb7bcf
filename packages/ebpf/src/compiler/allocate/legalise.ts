/**
 * Brings machine code into the shape eBPF instructions have: copies gone, every operand something its instruction can encode.
 *
 * - A move from register to register disappears: its users read the source. In SSA form that is always allowed.
 * - A constant stands right of a commutative operator and of a comparison.
 * - What no instruction can carry (addresses, immediates over 32 bits) is moved into a fresh register just before.
 *
 * Operands of calls, of `return`, of phis and the left side of operations stay as they are: they are moved into their register
 * anyway, and a move takes any operand.
 */
import type { Flow } from "../machine/flow.ts";
import type {
  AluOperator,
  Base,
  Condition,
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  Operand,
  Terminator,
  VirtualRegister,
} from "../machine/machine.ts";
import { immediateField } from "./immediate.ts";

export interface LegalInstruction {
  readonly code: MachineInstruction;
  /** The instruction of the machine code that this carries out; `null` for the load of a constant. */
  readonly origin: MachineInstruction | null;
}

export interface LegalBlock {
  readonly phis: readonly MachinePhi[];
  readonly body: readonly LegalInstruction[];
  readonly end: Terminator;
}

export interface LegalCode {
  /** In the order of `flow.blocks`. */
  readonly blocks: readonly LegalBlock[];
  readonly registerCount: number;
}

const COMMUTATIVE: ReadonlySet<AluOperator> = new Set(["add", "mul", "and", "or", "xor"]);

/** Whether the sides may change places: not those of a pointer and its offset. */
export function mayExchange({ operator, isOffset }: MachineInstruction & { readonly op: "alu" }): boolean {
  return COMMUTATIVE.has(operator) && isOffset !== true;
}

/** The same comparison with its sides exchanged. */
export const MIRRORED: Readonly<Record<Condition, Condition>> = {
  "==": "==",
  "!=": "!=",
  "u<": "u>",
  "u<=": "u>=",
  "u>": "u<",
  "u>=": "u<=",
  "s<": "s>",
  "s<=": "s>=",
  "s>": "s<",
  "s>=": "s<=",
  "&": "&",
};

export function legalise(fn: MachineFunction, flow: Flow): LegalCode {
  const legaliser = new Legaliser(fn.registerCount);
  // Definitions come before uses in this order, phis apart, so copies are known before they are read.
  const bodies = flow.blocks.map((block) => ({ body: legaliser.body(block.body), end: legaliser.end(block.end) }));
  const blocks = flow.blocks.map((block, number) => {
    const { body, end } = bodies[number] ?? { body: [], end: { code: block.end, constants: [] } };
    return { phis: legaliser.phis(block.phis), body: [...body, ...end.constants], end: end.code };
  });
  return { blocks, registerCount: legaliser.registerCount };
}

class Legaliser {
  registerCount: number;
  /** For a register that only copies another one: that other one. */
  readonly #copied = new Map<VirtualRegister, VirtualRegister>();
  #out: LegalInstruction[] = [];

  constructor(registerCount: number) {
    this.registerCount = registerCount;
  }

  body(body: readonly MachineInstruction[]): readonly LegalInstruction[] {
    this.#out = [];
    for (const instruction of body) this.#instruction(instruction);
    return this.#out;
  }

  /** The terminator, and the constants to be loaded in front of it. */
  end(end: Terminator): { readonly code: Terminator; readonly constants: readonly LegalInstruction[] } {
    this.#out = [];
    const code = this.#end(end);
    return { code, constants: this.#out };
  }

  phis(phis: readonly MachinePhi[]): readonly MachinePhi[] {
    return phis.map(({ dst, sources }) => ({
      dst,
      sources: new Map([...sources].map(([id, source]) => [id, this.#any(source)])),
    }));
  }

  #end(end: Terminator): Terminator {
    if (end.op === "jump") return end;
    if (end.op === "return") return end.value === null ? end : { ...end, value: this.#any(end.value) };
    if (end.left.kind !== "register" && end.right.kind === "register") {
      return this.#end({ ...end, left: end.right, right: end.left, condition: MIRRORED[end.condition] });
    }
    return { ...end, left: this.#register(end.left), right: this.#encodable(end.right, end.width) };
  }

  #instruction(instruction: MachineInstruction): void {
    switch (instruction.op) {
      case "move":
        if (instruction.src.kind === "register") {
          this.#copied.set(instruction.dst, this.#root(instruction.src.register));
        } else {
          this.#push(instruction, instruction);
        }
        return;
      case "alu":
        this.#alu(instruction);
        return;
      case "unary": {
        const src = this.#any(instruction.src);
        this.#push({ ...instruction, src: instruction.operator === "zero32" ? this.#register(src) : src }, instruction);
        return;
      }
      case "load":
        this.#push({ ...instruction, base: this.#base(instruction.base) }, instruction);
        return;
      case "store": {
        const { base, size } = instruction;
        const src = this.#encodable(instruction.src, size === 8 ? 64 : 32);
        this.#push({ ...instruction, base: this.#base(base), src }, instruction);
        return;
      }
      case "atomic": {
        const { base, dst, operator, expected } = instruction;
        // Where the old value comes back into the source's register, that register is a fresh copy of the source.
        const isCopied = dst !== null && operator !== "compareExchange";
        const src = isCopied ? this.#any(instruction.src) : this.#register(instruction.src);
        const wanted = expected === null ? null : this.#any(expected);
        this.#push({ ...instruction, base: this.#base(base), src, expected: wanted }, instruction);
        return;
      }
      case "call":
        this.#push({ ...instruction, args: instruction.args.map((arg) => this.#any(arg)) }, instruction);
        return;
      case "slotStart":
        this.#push(instruction, instruction);
        return;
    }
  }

  #alu(instruction: MachineInstruction & { readonly op: "alu" }): void {
    let left = this.#any(instruction.left);
    let right = this.#any(instruction.right);
    if (left.kind !== "register" && right.kind === "register" && mayExchange(instruction)) {
      [left, right] = [right, left];
    }
    const width = masksLowHalf(instruction.operator, right) ? 32 : instruction.width;
    this.#push({ ...instruction, width, left, right: this.#encodable(right, width) }, instruction);
  }

  #base(base: Base): Base {
    if (base.kind === "slot") return base;
    const register = this.#root(base.register);
    return register === base.register ? base : { kind: "register", register };
  }

  #root(register: VirtualRegister): VirtualRegister {
    return this.#copied.get(register) ?? register;
  }

  #any(operand: Operand): Operand {
    if (operand.kind !== "register") return operand;
    const register = this.#root(operand.register);
    return register === operand.register ? operand : { kind: "register", register };
  }

  #register(operand: Operand): Operand {
    if (operand.kind === "register") return this.#any(operand);
    const register = this.registerCount++;
    this.#push({ op: "move", dst: register, src: operand, at: null }, null);
    return { kind: "register", register };
  }

  #encodable(operand: Operand, width: 32 | 64): Operand {
    if (operand.kind === "immediate" && immediateField(operand.value, width) !== null) return operand;
    return this.#register(operand);
  }

  #push(code: MachineInstruction, origin: MachineInstruction | null): void {
    this.#out.push({ code, origin });
  }
}

/** A 64-bit "and" with a mask of the low half clears the high half as the 32-bit one does, whose mask fits the instruction. */
function masksLowHalf(operator: AluOperator, right: Operand): boolean {
  return operator === "and" && right.kind === "immediate" && right.value >= 0n && right.value <= 0xffff_ffffn;
}
