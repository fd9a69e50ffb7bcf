/**
 * Random instructions without control flow, each reading only what is defined where it stands.
 */
import type {
  AluOperator,
  AtomicOperator,
  Base,
  MachineInstruction,
  MemorySize,
  Operand,
  Slot,
  Width,
} from "../machine.ts";
import { helperCallee, immediate, register } from "./build-operands.ts";
import type { Dice } from "./dice.ts";

export const CONTEXT_BYTES = 64;
/** mix(a, b, c, d, e): a number made of five numbers. */
export const HELPER_MIX = 1000;
/** stir(address, bytes): changes the bytes and returns a number made of them. */
export const HELPER_STIR = 1001;
/** twice(callback, a): callback(callback(a)). */
export const HELPER_TWICE = 1002;

/** What may be read at a place: everything whose definition dominates it. */
export interface Scope {
  readonly numbers: readonly Operand[];
  readonly addresses: readonly Address[];
}

/** Somewhere in a slot, with that many bytes after it. */
export interface Address {
  readonly operand: Operand;
  readonly bytes: number;
}

const at = null;
const ALU: readonly AluOperator[] = ["add", "sub", "mul", "div", "mod", "and", "or", "xor", "lsh", "rsh", "arsh"];
const ATOMICS: readonly AtomicOperator[] = ["add", "and", "or", "xor", "exchange", "compareExchange"];
const EDGES: readonly bigint[] = [
  0n,
  1n,
  -1n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  -0x8000_0000n,
  0x1_0000_0000n,
  1n << 63n,
];

export class RandomInstructions {
  readonly slots: Slot[] = [];
  /** Where instructions are added. */
  body: MachineInstruction[] = [];
  registerCount = 0;
  readonly #dice: Dice;
  readonly #callees: readonly string[];
  readonly #reach: number;
  readonly #context: Operand | null;

  /**
   * @param callees a function of three arguments and a callback of one, or none
   * @param reach how many of the last values an instruction may read
   * @param context what holds the address of CONTEXT_BYTES bytes
   */
  constructor(dice: Dice, callees: readonly string[], reach: number, context: Operand | null) {
    this.#dice = dice;
    this.#callees = callees;
    this.#reach = reach;
    this.#context = context;
  }

  /** Adds one instruction, or a slot with its content. */
  add(scope: Scope): Scope {
    const kind = this.#dice.roll();
    if (kind < 0.49) return this.#alu(scope);
    if (kind < 0.61) return this.#unary(scope);
    if (kind < 0.73) return this.#memory(scope);
    if (kind < 0.8) return this.#openSlot(scope);
    if (kind < 0.95) return this.#call(scope);
    return this.#move(scope);
  }

  /** Recent values more often than old ones, immediates now and then. */
  number(scope: Scope): Operand {
    const kind = this.#dice.roll();
    if (kind < 0.15) return immediate(BigInt(this.#dice.below(512) - 256));
    if (kind < 0.25) return immediate(this.#dice.pick(EDGES));
    const { numbers } = scope;
    const back = Math.floor(this.#dice.roll() * this.#dice.roll() * Math.min(numbers.length, this.#reach));
    return numbers[numbers.length - 1 - back] ?? immediate(5n);
  }

  fresh(): number {
    return this.registerCount++;
  }

  #alu(scope: Scope): Scope {
    const operator = this.#dice.pick(ALU);
    const width = this.#dice.width();
    const left = this.number(scope);
    const right = this.#rightOf(operator, width, this.number(scope));
    return this.#define(scope, (dst) => ({ op: "alu", operator, width, dst, left, right, at }));
  }

  /** The kernel refuses constant shifts past the width and divisions by the constant 0. */
  #rightOf(operator: AluOperator, width: Width, right: Operand): Operand {
    if (right.kind !== "immediate") return right;
    const isShift = operator === "lsh" || operator === "rsh" || operator === "arsh";
    if (isShift) return immediate(BigInt(this.#dice.below(width)));
    const isDivision = operator === "div" || operator === "mod";
    return isDivision && BigInt.asUintN(width, right.value) === 0n ? immediate(3n) : right;
  }

  #unary(scope: Scope): Scope {
    const operators = ["negate32", "negate64", "swap16", "swap32", "swap64", "zero32"] as const;
    const operator = this.#dice.pick(operators);
    const src = this.number(scope);
    return this.#define(scope, (dst) => ({ op: "unary", operator, dst, src, at }));
  }

  #move(scope: Scope): Scope {
    const src = this.number(scope);
    return this.#define(scope, (dst) => ({ op: "move", dst, src, at }));
  }

  #memory(scope: Scope): Scope {
    const place = this.#place(scope);
    if (place === null) return scope;
    const size = this.#dice.pick<MemorySize>([1, 2, 4, 8]);
    const offset = size * this.#dice.below(Math.floor(place.bytes / size));
    const base = place.base;
    const kind = this.#dice.roll();
    if (kind < 0.4) return this.#define(scope, (dst) => ({ op: "load", size, dst, base, offset, at }));
    const src = this.number(scope);
    if (kind < 0.7 || size < 4) {
      this.body.push({ op: "store", size, base, offset, src, at });
      return scope;
    }
    const operator = this.#dice.pick(ATOMICS);
    const expected = operator === "compareExchange" ? this.number(scope) : null;
    const wide = size === 4 ? 4 : 8;
    if (operator !== "exchange" && expected === null && this.#dice.roll() < 0.5) {
      this.body.push({ op: "atomic", operator, size: wide, dst: null, base, offset, src, expected, at });
      return scope;
    }
    return this.#define(scope, (dst) => ({ op: "atomic", operator, size: wide, dst, base, offset, src, expected, at }));
  }

  /** A slot, the context or an address in a register. */
  #place(scope: Scope): { readonly base: Base; readonly bytes: number } | null {
    const places = [...scope.addresses];
    if (this.#context !== null) places.push({ operand: this.#context, bytes: CONTEXT_BYTES });
    if (places.length === 0) return null;
    const { operand, bytes } = this.#dice.pick(places);
    if (operand.kind === "register") return { base: operand, bytes };
    return operand.kind === "slot" ? { base: { kind: "slot", slot: operand.slot }, bytes } : null;
  }

  /** A new slot, filled, with an address in a register now and then. */
  #openSlot(scope: Scope): Scope {
    const size = 8 * (1 + this.#dice.below(3));
    if (this.slots.length >= 14) return scope;
    const slot = this.slots.push({ size, align: 8 }) - 1;
    this.body.push({ op: "slotStart", slot, at });
    for (let offset = 0; offset < size; offset += 8) {
      this.body.push({
        op: "store",
        size: 8,
        base: { kind: "slot", slot },
        offset,
        src: this.number(scope),
        at,
      });
    }
    const named: Address = { operand: { kind: "slot", slot, offset: 0 }, bytes: size };
    if (this.#dice.roll() < 0.5) return { ...scope, addresses: [...scope.addresses, named] };
    const dst = this.fresh();
    const shift = size === 8 ? 0 : 8;
    const left: Operand = { kind: "slot", slot, offset: 0 };
    this.body.push({ op: "alu", operator: "add", width: 64, dst, left, right: immediate(BigInt(shift)), at });
    const derived: Address = { operand: { kind: "register", register: dst }, bytes: size - shift };
    return { ...scope, addresses: [...scope.addresses, named, derived] };
  }

  #call(scope: Scope): Scope {
    const kind = this.#dice.roll();
    const [leaf, again] = this.#callees;
    if (kind < 0.2 && leaf !== undefined) {
      const args = [this.number(scope), this.number(scope), this.number(scope)];
      return this.#define(scope, (dst) => ({ op: "call", callee: { kind: "function", name: leaf }, args, dst, at }));
    }
    if (kind < 0.3 && again !== undefined) {
      const args: Operand[] = [{ kind: "function", name: again }, this.number(scope)];
      return this.#define(scope, (dst) => ({ op: "call", callee: helperCallee(HELPER_TWICE, "twice"), args, dst, at }));
    }
    if (kind < 0.6 && scope.addresses.length > 0) {
      const { operand, bytes } = this.#dice.pick(scope.addresses);
      const args = [operand, immediate(BigInt(bytes))];
      return this.#define(scope, (dst) => ({ op: "call", callee: helperCallee(HELPER_STIR, "stir"), args, dst, at }));
    }
    const args = [0, 1, 2, 3, 4].map(() => this.number(scope));
    if (this.#dice.roll() < 0.2) {
      this.body.push({ op: "call", callee: helperCallee(HELPER_MIX, "mix"), args, dst: null, at });
      return scope;
    }
    return this.#define(scope, (dst) => ({ op: "call", callee: helperCallee(HELPER_MIX, "mix"), args, dst, at }));
  }

  #define(scope: Scope, make: (dst: number) => MachineInstruction): Scope {
    const dst = this.fresh();
    this.body.push(make(dst));
    return { ...scope, numbers: [...scope.numbers, register(dst)] };
  }
}
