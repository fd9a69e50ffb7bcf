/**
 * Random machine programs in SSA form: much pressure on registers, calls, loops with swapping phis, early exits, slots.
 *
 * Every program ends and reads only what it wrote. Addresses never become numbers, so that a program computes the same
 * wherever its memory lies. The entry function is given the address of CONTEXT_BYTES bytes.
 */
import type {
  AluOperator,
  AtomicOperator,
  Condition,
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  MachineProgram,
  MemorySize,
  Operand,
  Terminator,
  Width,
} from "../machine.ts";

export const CONTEXT_BYTES = 64;
/** mix(a, b, c, d, e): a number made of five numbers. */
export const HELPER_MIX = 1000;
/** stir(address, bytes): changes the bytes and returns a number made of them. */
export const HELPER_STIR = 1001;
/** twice(callback, a): callback(callback(a)). */
export const HELPER_TWICE = 1002;

/** Numbers from 0 to below 1, the same for the same seed (Tommy Ettinger's mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/**
 * @param size about how many instructions the entry function has
 * @param reach how many of the last values an instruction may read: the pressure on registers
 */
export function randomMachine(random: () => number, size: number, reach = 40): MachineProgram {
  const leaf = new RandomFunction(random, "leaf", "function", 3, [], reach).generate(Math.min(40, size / 4));
  const callback = new RandomFunction(random, "again", "callback", 1, [], reach).generate(Math.min(40, size / 6));
  const entry = new RandomFunction(random, "program", "program", 1, ["leaf", "again"], reach).generate(size);
  return { functions: [entry, leaf, callback] };
}

interface Draft {
  readonly id: number;
  readonly cold: boolean;
  readonly loopDepth: number;
  phis: MachinePhi[];
  body: MachineInstruction[];
  end: Terminator;
}

/** What may be read at a place: everything whose definition dominates it. */
interface Scope {
  readonly numbers: readonly Operand[];
  readonly addresses: readonly Address[];
}

/** Somewhere in a slot, with that many bytes after it. */
interface Address {
  readonly operand: Operand;
  readonly bytes: number;
}

const AT = { source: { path: "random", text: "" }, start: 0, end: 0 };
const at = null;
const ALU: readonly AluOperator[] = ["add", "sub", "mul", "div", "mod", "and", "or", "xor", "lsh", "rsh", "arsh"];
const CONDITIONS: readonly Condition[] = ["==", "!=", "u<", "u<=", "u>", "u>=", "s<", "s<=", "s>", "s>=", "&"];
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

class RandomFunction {
  readonly #random: () => number;
  readonly #name: string;
  readonly #role: MachineFunction["role"];
  readonly #params: number[] = [];
  readonly #callees: readonly string[];
  readonly #reach: number;
  readonly #blocks: Draft[] = [];
  readonly #slots: { size: number; align: 8 }[] = [];
  #registers = 0;
  #depth = 0;
  #cold = false;
  #block: Draft;
  #budget = 0;
  #context: Operand | null = null;

  constructor(
    random: () => number,
    name: string,
    role: MachineFunction["role"],
    params: number,
    callees: readonly string[],
    reach: number,
  ) {
    this.#reach = reach;
    this.#random = random;
    this.#name = name;
    this.#role = role;
    this.#callees = callees;
    for (let i = 0; i < params; i++) this.#params.push(this.#registers++);
    this.#block = this.#open();
  }

  generate(size: number): MachineFunction {
    this.#budget = size;
    const params = this.#params.map((register): Operand => ({ kind: "register", register }));
    let scope: Scope = { numbers: params, addresses: [] };
    if (this.#role === "program") {
      this.#context = params[0] ?? null;
      scope = { numbers: [{ kind: "immediate", value: 7n }], addresses: [] };
    }
    while (this.#budget > 0) scope = this.#statement(scope);
    const result = this.#summary(scope);
    this.#block.end = { op: "return", value: result, at };
    return {
      name: this.#name,
      role: this.#role,
      params: this.#params,
      blocks: this.#blocks,
      slots: this.#slots,
      registerCount: this.#registers,
      at: AT,
    };
  }

  /** A number made of many, so that a wrong one shows. */
  #summary(scope: Scope): Operand {
    let result: Operand = { kind: "immediate", value: 1n };
    for (const number of scope.numbers.slice(-12)) {
      const dst = this.#fresh();
      this.#block.body.push({ op: "alu", operator: "xor", width: 64, dst, left: result, right: number, at });
      const rotated = this.#fresh();
      const left: Operand = { kind: "register", register: dst };
      this.#block.body.push({ op: "alu", operator: "mul", width: 64, dst: rotated, left, right: imm(31n), at });
      result = { kind: "register", register: rotated };
    }
    return result;
  }

  #statement(scope: Scope): Scope {
    this.#budget--;
    const kind = this.#random();
    if (kind < 0.4) return this.#alu(scope);
    if (kind < 0.5) return this.#unary(scope);
    if (kind < 0.6) return this.#memory(scope);
    if (kind < 0.66) return this.#openSlot(scope);
    if (kind < 0.78) return this.#call(scope);
    if (kind < 0.82) return this.#move(scope);
    if (kind < 0.9) return this.#choice(scope);
    if (kind < 0.95) return this.#earlyExit(scope);
    return this.#depth < 2 ? this.#loop(scope) : this.#alu(scope);
  }

  #alu(scope: Scope): Scope {
    const operator = this.#pick(ALU);
    const width = this.#width();
    const left = this.#number(scope);
    const right = this.#rightOf(operator, width, this.#number(scope));
    return this.#define(scope, (dst) => ({ op: "alu", operator, width, dst, left, right, at }));
  }

  /** The kernel refuses constant shifts past the width and divisions by the constant 0. */
  #rightOf(operator: AluOperator, width: Width, right: Operand): Operand {
    if (right.kind !== "immediate") return right;
    const isShift = operator === "lsh" || operator === "rsh" || operator === "arsh";
    if (isShift) return imm(BigInt(this.#below(width)));
    const isDivision = operator === "div" || operator === "mod";
    return isDivision && BigInt.asUintN(width, right.value) === 0n ? imm(3n) : right;
  }

  #unary(scope: Scope): Scope {
    const operators = ["negate32", "negate64", "swap16", "swap32", "swap64", "zero32"] as const;
    const operator = this.#pick(operators);
    const src = this.#number(scope);
    return this.#define(scope, (dst) => ({ op: "unary", operator, dst, src, at }));
  }

  #move(scope: Scope): Scope {
    const src = this.#number(scope);
    return this.#define(scope, (dst) => ({ op: "move", dst, src, at }));
  }

  #memory(scope: Scope): Scope {
    const place = this.#place(scope);
    if (place === null) return scope;
    const size = this.#pick<MemorySize>([1, 2, 4, 8]);
    const offset = size * this.#below(Math.floor(place.bytes / size));
    const base = place.base;
    const kind = this.#random();
    if (kind < 0.4) return this.#define(scope, (dst) => ({ op: "load", size, dst, base, offset, at }));
    const src = this.#number(scope);
    if (kind < 0.7 || size < 4) {
      this.#block.body.push({ op: "store", size, base, offset, src, at });
      return scope;
    }
    const operator = this.#pick(ATOMICS);
    const expected = operator === "compareExchange" ? this.#number(scope) : null;
    const wide = size === 4 ? 4 : 8;
    if (operator !== "exchange" && expected === null && this.#random() < 0.5) {
      this.#block.body.push({ op: "atomic", operator, size: wide, dst: null, base, offset, src, expected, at });
      return scope;
    }
    return this.#define(scope, (dst) => ({ op: "atomic", operator, size: wide, dst, base, offset, src, expected, at }));
  }

  /** A slot, the context or an address in a register. */
  #place(
    scope: Scope,
  ): { base: { kind: "register"; register: number } | { kind: "slot"; slot: number }; bytes: number } | null {
    const places = [...scope.addresses];
    if (this.#context !== null) places.push({ operand: this.#context, bytes: CONTEXT_BYTES });
    if (places.length === 0) return null;
    const { operand, bytes } = this.#pick(places);
    if (operand.kind === "register") return { base: operand, bytes };
    return operand.kind === "slot" ? { base: { kind: "slot", slot: operand.slot }, bytes } : null;
  }

  /** A new slot, filled, with an address in a register now and then. */
  #openSlot(scope: Scope): Scope {
    const size = 8 * (1 + this.#below(3));
    if (this.#slots.length >= 14) return scope;
    const slot = this.#slots.push({ size, align: 8 }) - 1;
    this.#block.body.push({ op: "slotStart", slot, at });
    for (let offset = 0; offset < size; offset += 8) {
      this.#block.body.push({
        op: "store",
        size: 8,
        base: { kind: "slot", slot },
        offset,
        src: this.#number(scope),
        at,
      });
    }
    const named: Address = { operand: { kind: "slot", slot, offset: 0 }, bytes: size };
    if (this.#random() < 0.5) return { ...scope, addresses: [...scope.addresses, named] };
    const dst = this.#fresh();
    const shift = size === 8 ? 0 : 8;
    const left: Operand = { kind: "slot", slot, offset: 0 };
    this.#block.body.push({ op: "alu", operator: "add", width: 64, dst, left, right: imm(BigInt(shift)), at });
    const derived: Address = { operand: { kind: "register", register: dst }, bytes: size - shift };
    return { ...scope, addresses: [...scope.addresses, named, derived] };
  }

  #call(scope: Scope): Scope {
    const kind = this.#random();
    const [leaf, again] = this.#callees;
    if (kind < 0.2 && leaf !== undefined) {
      const args = [this.#number(scope), this.#number(scope), this.#number(scope)];
      return this.#define(scope, (dst) => ({ op: "call", callee: { kind: "function", name: leaf }, args, dst, at }));
    }
    if (kind < 0.3 && again !== undefined) {
      const args: Operand[] = [{ kind: "function", name: again }, this.#number(scope)];
      return this.#define(scope, (dst) => ({ op: "call", callee: helper(HELPER_TWICE, "twice"), args, dst, at }));
    }
    if (kind < 0.6 && scope.addresses.length > 0) {
      const { operand, bytes } = this.#pick(scope.addresses);
      const args = [operand, imm(BigInt(bytes))];
      return this.#define(scope, (dst) => ({ op: "call", callee: helper(HELPER_STIR, "stir"), args, dst, at }));
    }
    const args = [0, 1, 2, 3, 4].map(() => this.#number(scope));
    if (this.#random() < 0.2) {
      this.#block.body.push({ op: "call", callee: helper(HELPER_MIX, "mix"), args, dst: null, at });
      return scope;
    }
    return this.#define(scope, (dst) => ({ op: "call", callee: helper(HELPER_MIX, "mix"), args, dst, at }));
  }

  /** if (...) ... else ..., with phis of numbers and addresses behind it. */
  #choice(scope: Scope): Scope {
    const before = this.#block;
    const hasElse = this.#random() < 0.7;
    const wasCold = this.#cold;
    const coldSide = this.#random() < 0.3;
    if (coldSide) this.#cold = true;
    const first = this.#open();
    const afterFirst = this.#inside(scope);
    const firstEnd = this.#block;
    this.#cold = wasCold;
    const second = hasElse ? this.#open() : before;
    const afterSecond = hasElse ? this.#inside(scope) : scope;
    const secondEnd = this.#block === firstEnd ? before : this.#block;
    const join = this.#open();
    if (hasElse) secondEnd.end = { op: "jump", target: join.id, at };
    firstEnd.end = { op: "jump", target: join.id, at };
    before.end = this.#branch(scope, first.id, hasElse ? second.id : join.id);
    const ends = [
      { id: firstEnd.id, scope: afterFirst },
      { id: hasElse ? secondEnd.id : before.id, scope: afterSecond },
    ];
    const numbers = [...scope.numbers];
    for (let i = this.#below(5); i > 0; i--) {
      numbers.push(this.#phi(ends.map((end) => [end.id, this.#number(end.scope)] as const)));
    }
    const addresses = [...scope.addresses];
    if (addresses.length > 1 && this.#random() < 0.5) {
      const picked = ends.map((end) => [end.id, this.#pick(addresses)] as const);
      const bytes = Math.min(...picked.map(([, address]) => address.bytes));
      addresses.push({ operand: this.#phi(picked.map(([id, address]) => [id, address.operand] as const)), bytes });
    }
    return { numbers, addresses };
  }

  #earlyExit(scope: Scope): Scope {
    const before = this.#block;
    const wasCold = this.#cold;
    this.#cold = this.#random() < 0.7 || wasCold;
    const exit = this.#open();
    const left = this.#inside(scope);
    this.#block.end = { op: "return", value: this.#number(left), at };
    this.#cold = wasCold;
    const next = this.#open();
    before.end = this.#branch(scope, exit.id, next.id);
    return scope;
  }

  /** A counted loop whose carried values may take each other's place in every round. */
  #loop(scope: Scope): Scope {
    const before = this.#block;
    this.#depth++;
    const header = this.#open();
    before.end = { op: "jump", target: header.id, at };
    const count = this.#fresh();
    const carried = Array.from({ length: this.#below(4) }, () => ({ dst: this.#fresh(), from: this.#number(scope) }));
    const numbers = [...scope.numbers, register(count), ...carried.map(({ dst }) => register(dst))];
    const body = this.#open();
    const inside = this.#inside({ ...scope, numbers });
    const next = this.#fresh();
    this.#block.body.push({
      op: "alu",
      operator: "add",
      width: 64,
      dst: next,
      left: register(count),
      right: imm(1n),
      at,
    });
    const last = this.#block;
    last.end = { op: "jump", target: header.id, at };
    header.phis.push(phi(count, [before.id, imm(0n)], [last.id, register(next)]));
    carried.forEach(({ dst, from }, index) => {
      const swapped = carried[(index + 1) % carried.length];
      const isSwap = swapped !== undefined && this.#random() < 0.6;
      const source = isSwap ? register(swapped.dst) : this.#number(inside);
      header.phis.push(phi(dst, [before.id, from], [last.id, source]));
    });
    this.#depth--;
    const after = this.#open();
    const rounds = imm(BigInt(this.#below(4)));
    header.end = {
      op: "branch",
      condition: "u<",
      width: 64,
      left: register(count),
      right: rounds,
      ifTrue: body.id,
      ifFalse: after.id,
      at,
    };
    return { ...scope, numbers };
  }

  #inside(scope: Scope): Scope {
    let inner = scope;
    for (let i = 1 + this.#below(6); i > 0 && this.#budget > 0; i--) inner = this.#statement(inner);
    return inner;
  }

  #branch(scope: Scope, ifTrue: number, ifFalse: number): Terminator {
    const sides = [this.#number(scope), this.#number(scope)] as const;
    const swap = this.#random() < 0.3;
    return {
      op: "branch",
      condition: this.#pick(CONDITIONS),
      width: this.#width(),
      left: sides[0],
      right: sides[1],
      ifTrue: swap ? ifFalse : ifTrue,
      ifFalse: swap ? ifTrue : ifFalse,
      at,
    };
  }

  /** A phi of the present block. */
  #phi(sources: readonly (readonly [number, Operand])[]): Operand {
    const dst = this.#fresh();
    this.#block.phis.push({ dst, sources: new Map(sources) });
    return register(dst);
  }

  #define(scope: Scope, make: (dst: number) => MachineInstruction): Scope {
    const dst = this.#fresh();
    this.#block.body.push(make(dst));
    return { ...scope, numbers: [...scope.numbers, register(dst)] };
  }

  #open(): Draft {
    const block: Draft = {
      id: this.#blocks.length,
      cold: this.#cold,
      loopDepth: this.#depth,
      phis: [],
      body: [],
      end: { op: "return", value: null, at },
    };
    this.#blocks.push(block);
    this.#block = block;
    return block;
  }

  /** Recent values more often than old ones, immediates now and then. */
  #number(scope: Scope): Operand {
    const kind = this.#random();
    if (kind < 0.15) return imm(BigInt(this.#below(512) - 256));
    if (kind < 0.25) return imm(this.#pick(EDGES));
    const { numbers } = scope;
    const back = Math.floor(this.#random() * this.#random() * Math.min(numbers.length, this.#reach));
    return numbers[numbers.length - 1 - back] ?? imm(5n);
  }

  #fresh(): number {
    return this.#registers++;
  }

  #width(): Width {
    return this.#random() < 0.5 ? 32 : 64;
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[this.#below(choices.length)];
    if (choice === undefined) throw new Error("nothing to choose from");
    return choice;
  }
}

function imm(value: bigint): Operand {
  return { kind: "immediate", value };
}

function register(index: number): Operand {
  return { kind: "register", register: index };
}

function phi(dst: number, ...sources: readonly (readonly [number, Operand])[]): MachinePhi {
  return { dst, sources: new Map(sources) };
}

function helper(id: number, name: string): (MachineInstruction & { readonly op: "call" })["callee"] {
  return { kind: "helper", id, name };
}
