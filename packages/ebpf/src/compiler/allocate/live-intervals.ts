/**
 * Positions of the linear code and the live intervals of its registers.
 *
 * Each instruction has four positions: it reads its operands at `p`, a call loses registers at `p + 1`, results appear at
 * `p + 2`. A block begins with four positions of its own, where its phis and what is live into it appear; values change place
 * between instructions, at `p`, or on the edges between blocks.
 *
 * Liveness is found a register at a time, from each use up to the definition (Boissinot et al., "Computing Liveness Sets for SSA-Form
 * Programs", 2011): the work is proportional to the length of the ranges found, and loops need no iteration.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { MachineFunction, MachineInstruction, Operand, Terminator } from "../machine/machine.ts";
import { definedRegister } from "../machine/operands.ts";
import { IntVector } from "./int-vector.ts";
import { IntervalTable, NEVER, NONE, USE_BEFORE_MOVES, USE_NEEDS_REGISTER } from "./interval-table.ts";
import { type LegalCode, mayExchange } from "./legalise.ts";

/** Positions an instruction takes. */
export const STEP = 4;
/** Where, after its reading, a call loses r0..r5 and a compareExchange r0. */
export const CLOBBER = 1;
/** Where, after its reading, an instruction's result appears. */
export const RESULT = 2;

/** Use by a phi of a following block: the value lives to the end of the block. */
const USE_AT_END = 4;

export interface LiveIntervals {
  readonly table: IntervalTable;
  /** The first part of each register's interval; NONE for a register that is never defined. */
  readonly intervalOf: IntVector;
  /** Where each block begins, and one past the end of the last. */
  readonly blockStart: IntVector;
  /** The block each instruction belongs to: index with position / STEP. */
  readonly blockAt: IntVector;
  /** The block that defines each register. */
  readonly definedIn: IntVector;
  /** The position of each register's last use in the linear order; NONE if it has none. */
  readonly lastUse: IntVector;
  /** For each instruction, the first position from it on where a call loses r1..r5: index with position / STEP. */
  readonly nextCall: IntVector;
  /** The same for r0, which compareExchange takes too. */
  readonly nextResultClobber: IntVector;
  /** For each instruction, how many arguments it takes if it is a call: index with position / STEP. */
  readonly argumentCount: IntVector;
  /** Registers live into each block. */
  readonly liveInto: readonly (readonly number[])[];
}

export function findLiveIntervals(fn: MachineFunction, flow: Flow, code: LegalCode): LiveIntervals {
  return new Liveness(fn, flow, code).find();
}

class Liveness {
  readonly #fn: MachineFunction;
  readonly #flow: Flow;
  readonly #code: LegalCode;

  readonly #blockStart = new IntVector();
  readonly #blockAt = new IntVector();
  #nextCall = new IntVector();
  #nextResultClobber = new IntVector();
  #argumentCount = new IntVector();
  readonly #definedIn: IntVector;
  readonly #definedAt: IntVector;
  readonly #lastUse: IntVector;
  readonly #liveInto: number[][];

  // Every use in linear order: register, position, flags.
  readonly #readRegister = new IntVector();
  readonly #readPosition = new IntVector();
  readonly #readFlags = new IntVector();

  constructor(fn: MachineFunction, flow: Flow, code: LegalCode) {
    this.#fn = fn;
    this.#flow = flow;
    this.#code = code;
    this.#definedIn = new IntVector(code.registerCount, NONE);
    this.#definedAt = new IntVector(code.registerCount, NONE);
    this.#lastUse = new IntVector(code.registerCount, NONE);
    this.#liveInto = flow.blocks.map(() => []);
  }

  find(): LiveIntervals {
    this.#number();
    this.#collect();
    const { table, intervalOf } = this.#build();
    return {
      table,
      intervalOf,
      blockStart: this.#blockStart,
      blockAt: this.#blockAt,
      definedIn: this.#definedIn,
      lastUse: this.#lastUse,
      nextCall: this.#nextCall,
      nextResultClobber: this.#nextResultClobber,
      argumentCount: this.#argumentCount,
      liveInto: this.#liveInto,
    };
  }

  #number(): void {
    let position = 0;
    this.#code.blocks.forEach((block, number) => {
      this.#blockStart.push(position);
      for (let i = 0; i < block.body.length + 2; i++) this.#blockAt.push(number);
      position += STEP * (block.body.length + 2);
    });
    this.#blockStart.push(position);
    this.#numberClobbers();
  }

  /** Backwards, so that each instruction knows the next call. */
  #numberClobbers(): void {
    const instructions = this.#blockAt.length;
    this.#nextCall = new IntVector(instructions);
    this.#nextResultClobber = new IntVector(instructions);
    this.#argumentCount = new IntVector(instructions);
    let call = NEVER;
    let result = NEVER;
    let index = instructions;
    for (const { body } of this.#code.blocks.toReversed()) {
      // The end of the block, its instructions, and the positions it begins with.
      for (let within = body.length; within >= -1; within--) {
        index--;
        const code = body[within]?.code;
        if (code?.op === "call") {
          call = index * STEP + CLOBBER;
          this.#argumentCount.set(index, code.args.length);
        }
        if (code !== undefined && (code.op === "call" || isCompareExchange(code))) result = index * STEP + CLOBBER;
        this.#nextCall.set(index, call);
        this.#nextResultClobber.set(index, result);
      }
    }
  }

  /** Definitions and uses, in linear order. */
  #collect(): void {
    for (const param of this.#fn.params) if (param !== null) this.#define(param, 0, 0, USE_BEFORE_MOVES);
    this.#code.blocks.forEach((block, number) => {
      const start = this.#blockStart.get(number);
      for (const phi of block.phis) this.#define(phi.dst, number, start, USE_BEFORE_MOVES);
      block.body.forEach(({ code }, index) => {
        const position = start + STEP * (index + 1);
        this.#collectReads(code, position);
        const register = definedRegister(code);
        if (register !== null) this.#define(register, number, position + RESULT, USE_NEEDS_REGISTER);
      });
      const position = start + STEP * (block.body.length + 1);
      this.#collectEnd(block.end, position);
      this.#collectPhiReads(number, position);
    });
  }

  #collectReads(code: MachineInstruction, position: number): void {
    switch (code.op) {
      case "move":
      case "slotStart":
        return;
      case "alu":
        this.#readSides(code, position);
        return;
      case "unary":
        this.#read(code.src, position, code.operator === "zero32" ? USE_NEEDS_REGISTER : 0);
        return;
      case "load":
        if (code.base.kind === "register") this.#read(code.base, position, USE_NEEDS_REGISTER);
        return;
      case "store":
        if (code.base.kind === "register") this.#read(code.base, position, USE_NEEDS_REGISTER);
        this.#read(code.src, position, USE_NEEDS_REGISTER);
        return;
      case "atomic": {
        const isCopied = code.dst !== null && code.operator !== "compareExchange";
        if (code.base.kind === "register") this.#readLate(code.base, position);
        if (isCopied) this.#read(code.src, position, 0);
        else this.#readLate(code.src, position);
        if (code.expected !== null) this.#read(code.expected, position, USE_BEFORE_MOVES);
        return;
      }
      case "call":
        for (const arg of code.args) this.#read(arg, position, USE_BEFORE_MOVES);
        return;
    }
  }

  #readSides(code: MachineInstruction & { readonly op: "alu" }, position: number): void {
    const { left, right } = code;
    if ((mayExchange(code) && left.kind === "register") || isSameRegister(left, right)) {
      // The result may take the register of either.
      this.#read(left, position, USE_NEEDS_REGISTER);
      this.#read(right, position, USE_NEEDS_REGISTER);
    } else {
      // Left is copied into the result's register unless it is there; only then is right read.
      this.#read(left, position, 0);
      this.#readLate(right, position);
    }
  }

  #collectEnd(end: Terminator, position: number): void {
    if (end.op === "branch") {
      this.#read(end.left, position, USE_NEEDS_REGISTER);
      this.#read(end.right, position, USE_NEEDS_REGISTER);
    } else if (end.op === "return" && end.value !== null) {
      this.#read(end.value, position, USE_BEFORE_MOVES);
    }
  }

  #collectPhiReads(number: number, position: number): void {
    const { id } = item(this.#flow.blocks, number);
    for (const target of item(this.#flow.successors, number)) {
      for (const phi of item(this.#code.blocks, target).phis) {
        const source = phi.sources.get(id);
        if (source !== undefined) this.#read(source, position, USE_AT_END);
      }
    }
  }

  #read(operand: Operand, position: number, flags: number): void {
    if (operand.kind !== "register") return;
    this.#readRegister.push(operand.register);
    this.#readPosition.push(position);
    this.#readFlags.push(flags);
    this.#lastUse.set(operand.register, position - (position % STEP));
  }

  /** Of an operand that is still read when the result's register may have been written: it must not be the same one. */
  #readLate(operand: Operand, position: number): void {
    this.#read(operand, position, USE_NEEDS_REGISTER);
    this.#read(operand, position + RESULT, USE_NEEDS_REGISTER);
  }

  /** A definition counts as a use: the register is written there. */
  #define(register: number, block: number, position: number, flags: number): void {
    this.#definedIn.set(register, block);
    this.#definedAt.set(register, position);
    this.#readRegister.push(register);
    this.#readPosition.push(position);
    this.#readFlags.push(flags);
  }

  #build(): { readonly table: IntervalTable; readonly intervalOf: IntVector } {
    const { order, first } = this.#sortUses();
    const usePosition = new IntVector();
    const useFlags = new IntVector();
    for (let i = 0; i < order.length; i++) {
      usePosition.push(this.#readPosition.get(order.get(i)));
      useFlags.push(this.#readFlags.get(order.get(i)));
    }
    const table = new IntervalTable(usePosition, useFlags);
    const intervalOf = new IntVector(this.#code.registerCount, NONE);
    const ranges = new RangeFinder(this.#flow, this.#blockStart, this.#liveInto);
    for (let register = 0; register < this.#code.registerCount; register++) {
      if (this.#definedAt.get(register) === NONE) continue;
      const interval = table.create(register, first.get(register), first.get(register + 1));
      intervalOf.set(register, interval);
      ranges.begin(register, this.#definedIn.get(register), this.#definedAt.get(register));
      for (let use = first.get(register); use < first.get(register + 1); use++) {
        const position = usePosition.get(use);
        if (position === this.#definedAt.get(register)) continue;
        ranges.reachUse(this.#blockAt.get(Math.floor(position / STEP)), this.#useEnd(position, useFlags.get(use)));
      }
      ranges.addTo(table, interval);
      table.seal(interval);
    }
    return { table, intervalOf };
  }

  #useEnd(position: number, flags: number): number {
    if ((flags & USE_AT_END) !== 0) return this.#blockStart.get(this.#blockAt.get(position / STEP) + 1);
    return position + 1;
  }

  /** Uses grouped by register, in linear order within each: a counting sort. */
  #sortUses(): { readonly order: IntVector; readonly first: IntVector } {
    const count = this.#code.registerCount;
    const first = new IntVector(count + 1);
    for (let read = 0; read < this.#readRegister.length; read++) {
      const after = this.#readRegister.get(read) + 1;
      first.set(after, first.get(after) + 1);
    }
    for (let register = 0; register < count; register++) {
      first.set(register + 1, first.get(register + 1) + first.get(register));
    }
    const fill = new IntVector();
    for (let register = 0; register < count; register++) fill.push(first.get(register));
    const order = new IntVector(this.#readRegister.length);
    for (let read = 0; read < this.#readRegister.length; read++) {
      const register = this.#readRegister.get(read);
      order.set(fill.get(register), read);
      fill.set(register, fill.get(register) + 1);
    }
    return { order, first };
  }
}

/** Collects the ranges of one register after the other. */
class RangeFinder {
  readonly #flow: Flow;
  readonly #blockStart: IntVector;
  readonly #liveInto: readonly number[][];
  readonly #seenLiveInto: IntVector;
  readonly #seenLiveThrough: IntVector;
  #register = 0;
  #home = 0;
  #definedAt = 0;
  #homeEnd = 0;
  #from: number[] = [];
  #to: number[] = [];
  readonly #pending: number[] = [];

  constructor(flow: Flow, blockStart: IntVector, liveInto: readonly number[][]) {
    this.#flow = flow;
    this.#blockStart = blockStart;
    this.#liveInto = liveInto;
    this.#seenLiveInto = new IntVector(flow.blocks.length, NONE);
    this.#seenLiveThrough = new IntVector(flow.blocks.length, NONE);
  }

  begin(register: number, home: number, definedAt: number): void {
    this.#register = register;
    this.#home = home;
    this.#definedAt = definedAt;
    // A value that nobody reads still takes its register at its definition.
    this.#homeEnd = definedAt + 1;
    this.#from.length = 0;
    this.#to.length = 0;
  }

  reachUse(block: number, end: number): void {
    if (block === this.#home) {
      this.#homeEnd = Math.max(this.#homeEnd, end);
      return;
    }
    this.#add(this.#blockStart.get(block), end);
    this.#enter(block);
    for (let at = this.#pending.pop(); at !== undefined; at = this.#pending.pop()) this.#climb(at);
  }

  addTo(table: IntervalTable, interval: number): void {
    this.#add(this.#definedAt, this.#homeEnd);
    this.#sort();
    for (let at = 0; at < this.#from.length; at++) table.addRange(interval, item(this.#from, at), item(this.#to, at));
  }

  #sort(): void {
    if (this.#from.length < 3) {
      if (this.#from.length === 2 && item(this.#from, 0) > item(this.#from, 1)) {
        this.#from.reverse();
        this.#to.reverse();
      }
      return;
    }
    const order = [...this.#from.keys()].sort((a, b) => item(this.#from, a) - item(this.#from, b));
    const from = this.#from;
    this.#from = order.map((at) => item(from, at));
    this.#to = order.map((at) => item(this.#to, at));
  }

  #climb(block: number): void {
    for (const from of item(this.#flow.predecessors, block)) {
      if (from === this.#home) {
        this.#homeEnd = this.#blockStart.get(from + 1);
      } else if (this.#seenLiveThrough.get(from) !== this.#register) {
        this.#seenLiveThrough.set(from, this.#register);
        this.#add(this.#blockStart.get(from), this.#blockStart.get(from + 1));
        this.#enter(from);
      }
    }
  }

  #enter(block: number): void {
    if (this.#seenLiveInto.get(block) === this.#register) return;
    this.#seenLiveInto.set(block, this.#register);
    item(this.#liveInto, block).push(this.#register);
    this.#pending.push(block);
  }

  #add(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }
}

function isSameRegister(left: Operand, right: Operand): boolean {
  return left.kind === "register" && right.kind === "register" && left.register === right.register;
}

function isCompareExchange(code: MachineInstruction): boolean {
  return code.op === "atomic" && code.operator === "compareExchange";
}
