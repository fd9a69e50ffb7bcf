/**
 * Random machine programs in SSA form: much pressure on registers, calls, loops with swapping phis, early exits, slots.
 *
 * Every program ends and reads only what it wrote. Addresses never become numbers, so that a program computes the same
 * wherever its memory lies. The entry function is given the address of CONTEXT_BYTES bytes.
 */
import type {
  Condition,
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  MachineProgram,
  Operand,
  Terminator,
} from "../machine.ts";
import { immediate, phiOf, register } from "./build-operands.ts";
import { Dice } from "./dice.ts";
import { RandomInstructions, type Scope } from "./random-instructions.ts";

/**
 * @param size about how many instructions the entry function has
 * @param reach how many of the last values an instruction may read: the pressure on registers
 */
export function randomMachine(random: () => number, size: number, reach = 40): MachineProgram {
  const called = Math.min(40, size / 4);
  const leaf: Shape = { name: "leaf", role: "function", params: 3, callees: [], reach };
  const callback: Shape = { name: "again", role: "callback", params: 1, callees: [], reach };
  const entry: Shape = { name: "program", role: "program", params: 1, callees: ["leaf", "again"], reach };
  return {
    functions: [
      new RandomFunction(random, entry).generate(size),
      new RandomFunction(random, leaf).generate(called),
      new RandomFunction(random, callback).generate(called),
    ],
  };
}

interface Shape {
  readonly name: string;
  readonly role: MachineFunction["role"];
  readonly params: number;
  readonly callees: readonly string[];
  readonly reach: number;
}

interface Draft {
  readonly id: number;
  readonly cold: boolean;
  readonly loopDepth: number;
  phis: MachinePhi[];
  body: MachineInstruction[];
  end: Terminator;
}

const AT = { source: { path: "random", text: "" }, start: 0, end: 0 };
const at = null;
const CONDITIONS: readonly Condition[] = ["==", "!=", "u<", "u<=", "u>", "u>=", "s<", "s<=", "s>", "s>=", "&"];
class RandomFunction {
  readonly #dice: Dice;
  readonly #code: RandomInstructions;
  readonly #shape: Shape;
  readonly #blocks: Draft[] = [];
  #depth = 0;
  #cold = false;
  #block: Draft;
  #budget = 0;

  constructor(random: () => number, shape: Shape) {
    this.#dice = new Dice(random);
    this.#shape = shape;
    const context = shape.role === "program" ? register(0) : null;
    this.#code = new RandomInstructions(this.#dice, shape.callees, shape.reach, context);
    this.#code.registerCount = shape.params;
    this.#block = this.#open();
  }

  generate(size: number): MachineFunction {
    this.#budget = size;
    const { name, role } = this.#shape;
    const params = Array.from({ length: this.#shape.params }, (_, index) => index);
    // The address that the program is given is no number.
    let scope: Scope = { numbers: role === "program" ? [immediate(7n)] : params.map(register), addresses: [] };
    while (this.#budget > 0) scope = this.#statement(scope);
    const result = this.#summary(scope);
    this.#block.end = { op: "return", value: result, at };
    const { slots, registerCount } = this.#code;
    return { name, role, params, blocks: this.#blocks, slots, registerCount, at: AT };
  }

  /** A number made of many, so that a wrong one shows. */
  #summary(scope: Scope): Operand {
    let result: Operand = { kind: "immediate", value: 1n };
    for (const number of scope.numbers.slice(-12)) {
      const dst = this.#code.fresh();
      this.#code.body.push({ op: "alu", operator: "xor", width: 64, dst, left: result, right: number, at });
      const rotated = this.#code.fresh();
      const left: Operand = { kind: "register", register: dst };
      this.#code.body.push({ op: "alu", operator: "mul", width: 64, dst: rotated, left, right: immediate(31n), at });
      result = { kind: "register", register: rotated };
    }
    return result;
  }

  #statement(scope: Scope): Scope {
    this.#budget--;
    const kind = this.#dice.roll();
    if (kind < 0.08) return this.#choice(scope);
    if (kind < 0.13) return this.#earlyExit(scope);
    return kind < 0.18 && this.#depth < 2 ? this.#loop(scope) : this.#code.add(scope);
  }

  /** if (...) ... else ..., with phis of numbers and addresses behind it. */
  #choice(scope: Scope): Scope {
    const before = this.#block;
    const hasElse = this.#dice.roll() < 0.7;
    const wasCold = this.#cold;
    const coldSide = this.#dice.roll() < 0.3;
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
    for (let i = this.#dice.below(5); i > 0; i--) {
      numbers.push(this.#phi(ends.map((end) => [end.id, this.#code.number(end.scope)] as const)));
    }
    const addresses = [...scope.addresses];
    if (addresses.length > 1 && this.#dice.roll() < 0.5) {
      const picked = ends.map((end) => [end.id, this.#dice.pick(addresses)] as const);
      const bytes = Math.min(...picked.map(([, address]) => address.bytes));
      addresses.push({ operand: this.#phi(picked.map(([id, address]) => [id, address.operand] as const)), bytes });
    }
    return { numbers, addresses };
  }

  #earlyExit(scope: Scope): Scope {
    const before = this.#block;
    const wasCold = this.#cold;
    this.#cold = this.#dice.roll() < 0.7 || wasCold;
    const exit = this.#open();
    const left = this.#inside(scope);
    this.#block.end = { op: "return", value: this.#code.number(left), at };
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
    const count = this.#code.fresh();
    const carried = Array.from({ length: this.#dice.below(4) }, () => ({
      dst: this.#code.fresh(),
      from: this.#code.number(scope),
    }));
    const numbers = [...scope.numbers, register(count), ...carried.map(({ dst }) => register(dst))];
    const body = this.#open();
    const inside = this.#inside({ ...scope, numbers });
    const next = this.#code.fresh();
    this.#code.body.push({
      op: "alu",
      operator: "add",
      width: 64,
      dst: next,
      left: register(count),
      right: immediate(1n),
      at,
    });
    const last = this.#block;
    last.end = { op: "jump", target: header.id, at };
    header.phis.push(phiOf(count, [before.id, immediate(0n)], [last.id, register(next)]));
    carried.forEach(({ dst, from }, index) => {
      const swapped = carried[(index + 1) % carried.length];
      const isSwap = swapped !== undefined && this.#dice.roll() < 0.6;
      const source = isSwap ? register(swapped.dst) : this.#code.number(inside);
      header.phis.push(phiOf(dst, [before.id, from], [last.id, source]));
    });
    this.#depth--;
    const after = this.#open();
    const rounds = immediate(BigInt(this.#dice.below(4)));
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
    for (let i = 1 + this.#dice.below(6); i > 0 && this.#budget > 0; i--) inner = this.#statement(inner);
    return inner;
  }

  #branch(scope: Scope, ifTrue: number, ifFalse: number): Terminator {
    const sides = [this.#code.number(scope), this.#code.number(scope)] as const;
    const swap = this.#dice.roll() < 0.3;
    return {
      op: "branch",
      condition: this.#dice.pick(CONDITIONS),
      width: this.#dice.width(),
      left: sides[0],
      right: sides[1],
      ifTrue: swap ? ifFalse : ifTrue,
      ifFalse: swap ? ifTrue : ifFalse,
      at,
    };
  }

  /** A phi of the present block. */
  #phi(sources: readonly (readonly [number, Operand])[]): Operand {
    const dst = this.#code.fresh();
    this.#block.phis.push({ dst, sources: new Map(sources) });
    return register(dst);
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
    this.#code.body = block.body;
    return block;
  }
}
