/**
 * Random functions of the intermediate form, shaped like what `lower` makes: variables merged by phis, tested values refined, inlined
 * functions that return from several places, bounded loops with breaks.
 *
 * All of them end. Nearly all pass the checks on integers; a test skips the others.
 */
import type { IrBuilder } from "../builder.ts";
import { buildIr } from "../builder.ts";
import type { Block, Comparison, IrFunction, Range, Value } from "../ir.ts";

const PARAMETERS = 3;
const ANY_ADDRESS: Range = { low: 0n, high: 2n ** 64n - 1n };
const TYPES: readonly Range[] = [
  { low: 0n, high: 255n },
  { low: 0n, high: 65535n },
  { low: 0n, high: 2n ** 32n - 1n },
  { low: -(2n ** 31n), high: 2n ** 31n - 1n },
];
const COMPARISONS: readonly Comparison[] = ["==", "!=", "<", "<=", ">", ">="];
const OPPOSITE = { "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">" } as const;
const NUMBERS = [
  0n,
  1n,
  2n,
  3n,
  4n,
  7n,
  8n,
  15n,
  31n,
  255n,
  256n,
  0xff00n,
  65535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  -1n,
];

interface Variable {
  readonly type: Range;
  value: Value;
}

/** A function of three int parameters of 0..2^32-1 and at most `size` statements, the same for the same seed. */
export function randomIr(seed: number, size = 60): IrFunction {
  const b = buildIr(`random${seed}`, { paramCount: PARAMETERS, slots: [{ size: 64, align: 8, name: "scratch" }] });
  return new Generator(b, seed, size).run();
}

/** Arguments for it, often at the edges. */
export function randomArguments(seed: number): bigint[] {
  const below = randomBelow(seed);
  const edges = [0n, 1n, 2n, 255n, 65536n, 2n ** 31n, 2n ** 32n - 1n];
  return Array.from({ length: PARAMETERS }, () =>
    below(2) === 0 ? (edges[below(edges.length)] ?? 0n) : BigInt(below(2 ** 32)),
  );
}

/** Mulberry32: a small generator whose state is one 32-bit number. */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

class Generator {
  readonly #b: IrBuilder;
  readonly #below: (limit: number) => number;
  readonly #scratch: Value;
  #variables: Variable[];
  #wide: Value;
  #budget: number;

  constructor(b: IrBuilder, seed: number, size: number) {
    this.#b = b;
    this.#budget = size;
    this.#below = randomBelow(seed);
    this.#scratch = b.value("pointer", { kind: "slotStart", slot: 0 });
    this.#wide = b.u64(BigInt(this.#below(2 ** 32)) << BigInt(this.#below(33)));
    const words = Array.from({ length: PARAMETERS }, (_, index) => b.param(index, "int", 0n, 2n ** 32n - 1n));
    this.#variables = TYPES.map((type, index) => ({
      type,
      value: this.#narrow(words[index % PARAMETERS] ?? b.int(0), type),
    }));
  }

  run(): IrFunction {
    this.#statements(Math.max(6, this.#budget / 10), 0);
    const { value } = this.#pick(this.#variables);
    this.#observe();
    this.#b.ret(value);
    return this.#b.fn;
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new Error("there is nothing to pick from");
    return item;
  }

  #statements(count: number, depth: number): void {
    for (let index = 0; index < count && this.#budget > 0; index += 1) {
      this.#budget -= 1;
      const kind = this.#below(depth < 3 ? 10 : 5);
      if (kind < 3) this.#assign();
      else if (kind === 3) this.#touchMemory();
      else if (kind === 4) this.#computeWide();
      else if (kind < 7) this.#branch(depth);
      else if (kind === 7) this.#loop(depth);
      else this.#inlinedCall(depth);
    }
  }

  #assign(): void {
    const variable = this.#pick(this.#variables);
    variable.value = this.#narrow(this.#expression(2), variable.type);
  }

  /** What a program writes to make a value fit: `& 255`, `>>> 0`, `| 0`; sometimes nothing where the type says enough. */
  #narrow(value: Value, type: Range): Value {
    const b = this.#b;
    const narrowed =
      type.low < 0n
        ? b.bits("or", value, b.int(0))
        : type.high > 65535n
          ? b.unsigned32(value)
          : b.bits("and", value, b.int(type.high));
    return b.fit(narrowed, type.low, type.high);
  }

  #expression(depth: number): Value {
    const b = this.#b;
    if (depth === 0 || this.#below(5) === 0) return this.#leaf();
    const [left, right] = [this.#expression(depth - 1), this.#expression(depth - 1)];
    switch (this.#below(10)) {
      case 0:
        return b.arith(this.#pick(["add", "sub"]), left, right);
      case 1:
        return b.arith("mul", b.bits("and", left, b.int(0xffff)), b.bits("and", right, b.int(0xffff)));
      case 2:
        return b.arith(this.#pick(["div", "mod"]), b.unsigned32(left), b.unsigned32(b.bits("or", right, b.int(1))));
      case 3:
      case 4:
        return b.bits(this.#pick(["and", "or", "xor"]), left, right);
      case 5:
        return b.bits(this.#pick(["shl", "sar", "shr"]), left, this.#below(2) === 0 ? b.int(this.#below(32)) : right);
      case 6:
        return b.value("int", { kind: "imul", left, right });
      case 7:
        return b.value("int", { kind: "swap", bits: this.#pick([16, 32]), value: left });
      case 8:
        return b.unsigned32(left);
      default:
        return b.value("int", { kind: "convert", value: b.bits64("and", b.wrap64(this.#wide), b.u64(2n ** 53n - 1n)) });
    }
  }

  #leaf(): Value {
    if (this.#below(3) === 0) return this.#b.int(this.#pick(NUMBERS));
    return this.#pick(this.#variables).value;
  }

  #computeWide(): void {
    const b = this.#b;
    const right =
      this.#below(2) === 0 ? b.u64(this.#pick(NUMBERS.filter((number) => number > 0n))) : this.#convertToWide();
    const wide = this.#below(2) === 0 ? b.wrap64(this.#wide) : this.#wide;
    const kind = this.#below(3);
    if (kind === 0) this.#wide = b.arith(this.#pick(["add", "sub", "mul"]), wide, right);
    else if (kind === 1) this.#wide = b.bits64(this.#pick(["and", "or", "xor"]), wide, right);
    else this.#wide = b.bits64(this.#pick(["shl", "shr"]), b.wrap64(wide), b.u64(BigInt(this.#below(64))));
    // Bigints of the interpreter must not grow without end in a loop.
    if (this.#below(2) === 0) this.#wide = b.wrap64(this.#wide);
  }

  #convertToWide(): Value {
    return this.#b.value("u64", { kind: "convert", value: this.#b.unsigned32(this.#leaf()) });
  }

  #touchMemory(): void {
    const b = this.#b;
    const size = this.#pick([1, 2, 4] as const);
    const swap = this.#below(2) === 0 && size > 1;
    const amount = b.bits("and", this.#leaf(), b.int(31));
    const base =
      this.#below(2) === 0 ? this.#scratch : b.value("pointer", { kind: "offset", base: this.#scratch, amount });
    const place = { base, offset: this.#below(8), size, swap } as const;
    switch (this.#below(4)) {
      case 0:
        b.value("none", { kind: "store", ...place, value: this.#leaf() });
        break;
      case 1:
        this.#observe();
        break;
      case 2: {
        const value = b.bits("and", this.#leaf(), b.int(0xffff));
        const old = {
          kind: "atomic",
          operator: "add",
          base: this.#scratch,
          offset: 8,
          size: 4,
          value,
          expected: null,
        } as const;
        this.#pick(this.#variables.slice(2, 3)).value = b.value("int", old);
        break;
      }
      default: {
        const variable = this.#pick(this.#variables);
        const loaded = b.value("int", { kind: "load", ...place, signed: this.#below(2) === 0 });
        variable.value = this.#narrow(loaded, variable.type);
      }
    }
  }

  #observe(): void {
    const args = this.#variables.map(({ value }) => value);
    const bounds = { low: 0n, high: 65535n };
    this.#b.value("int", { kind: "helper", id: 1, name: "observe", args, bounds, pure: false });
  }

  /** `if (x < y) … else …` with x and y refined on both sides. */
  #branch(depth: number): void {
    const ways = this.#test();
    const joined: { readonly from: Block; readonly values: readonly Value[]; readonly wide: Value }[] = [];
    const before = this.#save();
    const join = this.#b.block();
    for (const way of ways) {
      this.#restore(before);
      way.enter();
      this.#statements(this.#below(3), depth + 1);
      joined.push({ from: this.#b.current(), ...this.#save() });
      this.#b.jump(join);
    }
    this.#b.continueIn(join);
    this.#merge(joined);
  }

  #test(): readonly { enter(): void }[] {
    const b = this.#b;
    const left = this.#pick(this.#variables);
    const right = this.#below(2) === 0 ? null : this.#pick(this.#variables);
    const leftValue = left.value;
    const rightValue = right?.value ?? b.int(this.#pick(NUMBERS));
    const comparison = this.#pick(COMPARISONS);
    const [yes, no] = [b.block(), b.block()];
    b.branch(b.compare(comparison, leftValue, rightValue), yes, no);
    const side = (block: Block, held: Comparison) => ({
      enter: (): void => {
        b.continueIn(block);
        if (leftValue !== rightValue) left.value = b.refine(leftValue, held, rightValue);
      },
    });
    return [side(yes, comparison), side(no, OPPOSITE[comparison])];
  }

  /** A function inlined: it returns a constant, null or a reference from several places, and the caller tests what it got. */
  #inlinedCall(depth: number): void {
    const b = this.#b;
    const returned: {
      readonly from: Block;
      readonly values: readonly Value[];
      readonly wide: Value;
      readonly result: Value;
    }[] = [];
    const join = b.block();
    const isPointer = this.#below(2) === 0;
    const returnFrom = (): void => {
      const result = isPointer
        ? this.#pick([() => b.nullPointer(), () => this.#scratch, () => this.#lookup()])()
        : this.#pick([() => b.bool(true), () => b.bool(false), () => b.compare("<", this.#leaf(), this.#leaf())])();
      returned.push({ from: b.current(), ...this.#save(), result });
      b.jump(join);
    };
    for (let exits = 1 + this.#below(3); exits > 0; exits -= 1) {
      const before = this.#save();
      const [yes, no] = this.#test();
      yes?.enter();
      this.#statements(this.#below(2), depth + 2);
      returnFrom();
      this.#restore(before);
      no?.enter();
    }
    returnFrom();
    b.continueIn(join);
    const result = b.phi(
      isPointer ? "pointer" : "bool",
      returned.map((way) => way.result),
      isPointer ? ANY_ADDRESS : null,
    );
    this.#merge(returned);
    const [yes, no, after] = [b.block({ cold: true }), b.block(), b.block()];
    b.branch(isPointer ? b.compare("==", result, b.nullPointer()) : result, yes, no);
    const before = this.#save();
    const joined = [];
    for (const block of [yes, no]) {
      this.#restore(before);
      b.continueIn(block);
      if (isPointer && block === no) {
        const found = b.refine(result, "!=", b.nullPointer());
        const field = b.value("int", { kind: "load", base: found, offset: 4, size: 2, signed: false, swap: true });
        this.#pick(this.#variables.slice(1, 3)).value = field;
      }
      this.#statements(this.#below(2), depth + 1);
      joined.push({ from: b.current(), ...this.#save() });
      b.jump(after);
    }
    b.continueIn(after);
    this.#merge(joined);
  }

  #lookup(): Value {
    return this.#b.value("pointer", {
      kind: "helper",
      id: 2,
      name: "lookup",
      args: [this.#leaf()],
      bounds: null,
      pure: this.#below(2) === 0,
    });
  }

  /** `for (let i = 0; i < n; i += 1)` with n at most 15, sometimes left by a break. */
  #loop(depth: number): void {
    const b = this.#b;
    const [header, round, exit] = [b.block(), b.block(), b.block()];
    const limit = this.#below(2) === 0 ? b.int(this.#below(8)) : b.bits("and", this.#leaf(), b.int(15));
    const start = b.int(0);
    const before = this.#save();
    b.jump(header);
    b.continueIn(header);
    const counter = b.phi("int", [start]);
    const phis = this.#variables.map(({ type }, index) =>
      b.phi("int", before.values.slice(index, index + 1), this.#below(2) ? type : null),
    );
    const wide = b.phi("u64", [before.wide]);
    this.#restore({ values: phis, wide });
    const leaving = [{ from: header, values: phis, wide }];
    b.branch(b.compare("<", counter, limit), round, exit);
    b.continueIn(round);
    const inside = b.refine(counter, "<", limit);
    this.#statements(1 + this.#below(2), depth + 1);
    if (this.#below(3) === 0) {
      const saved = this.#save();
      const [yes, no] = this.#test();
      yes?.enter();
      leaving.push({ from: b.current(), values: this.#save().values as Value[], wide: this.#wide });
      b.jump(exit);
      this.#restore(saved);
      no?.enter();
    }
    b.addInput(counter, b.arith("add", inside, b.int(1)));
    for (const [index, phi] of phis.entries()) b.addInput(phi, this.#variables[index]?.value ?? phi);
    // Kept to 64 bits from round to round, as a declared u64 would be.
    b.addInput(wide, this.#below(4) === 0 ? b.bits64("and", this.#wide, b.u64(0xffffn)) : b.wrap64(this.#wide));
    b.jump(header);
    b.continueIn(exit);
    this.#merge(leaving);
  }

  #save(): { readonly values: readonly Value[]; readonly wide: Value } {
    return { values: this.#variables.map(({ value }) => value), wide: this.#wide };
  }

  #restore(saved: { readonly values: readonly Value[]; readonly wide: Value }): void {
    for (const [index, variable] of this.#variables.entries()) variable.value = saved.values[index] ?? variable.value;
    this.#wide = saved.wide;
  }

  /** One phi for each variable that the ways into the current block disagree on. */
  #merge(ways: readonly { readonly from: Block; readonly values: readonly Value[]; readonly wide: Value }[]): void {
    const preds = this.#b.current().preds;
    const ordered = preds.flatMap((pred) => ways.find(({ from }) => from === pred) ?? []);
    if (ordered.length !== preds.length) throw new Error("a way into the join is missing");
    const mergeOne = (inputs: readonly Value[], type: "int" | "u64", bounds: Range | null): Value => {
      const [first] = inputs;
      if (first !== undefined && inputs.every((input) => input === first)) return first;
      return this.#b.phi(type, inputs, bounds);
    };
    for (const [index, variable] of this.#variables.entries()) {
      const inputs = ordered.flatMap(({ values }) => values.slice(index, index + 1));
      variable.value = mergeOne(inputs, "int", variable.type);
    }
    this.#wide = mergeOne(
      ordered.map(({ wide }) => wide),
      "u64",
      null,
    );
  }
}
