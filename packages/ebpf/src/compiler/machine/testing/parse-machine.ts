/**
 * Reads what `printMachine` prints, so that tests can state machine code as text.
 *
 * The text names no spans and no helper numbers: every instruction has `at: null` unless `lines` is wanted, helpers are numbered 1 and
 * up in order of appearance, and a callee that is one of the functions is a function.
 */

import type { Span } from "../../tree.ts";
import { item } from "../item.ts";
import type {
  AluOperator,
  AtomicOperator,
  Base,
  Condition,
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MachinePhi,
  MachineProgram,
  MemorySize,
  Operand,
  Slot,
  Terminator,
  Width,
} from "../machine.ts";

export interface ParseOptions {
  /** Gives every instruction the line of the text it stands on as its place. */
  readonly lines?: boolean;
}

/** @throws Error at a line it does not understand */
export function parseMachine(text: string, options: ParseOptions = {}): MachineProgram {
  return new Parser(text, options).program();
}

interface Line {
  readonly text: string;
  readonly at: Span;
}

class Parser {
  readonly #lines: Line[] = [];
  readonly #hasLines: boolean;
  readonly #functionNames: ReadonlySet<string>;
  readonly #helpers = new Map<string, number>();
  #next = 0;

  constructor(text: string, options: ParseOptions) {
    this.#hasLines = options.lines ?? false;
    const source = { path: "machine.txt", text };
    let start = 0;
    for (const line of text.split("\n")) {
      if (line.trim() !== "") this.#lines.push({ text: line.trim(), at: { source, start, end: start + line.length } });
      start += line.length + 1;
    }
    this.#functionNames = new Set([...text.matchAll(/^\s*(\w+)\([^=]*\)$/gm)].map((match) => item(match, 1)));
  }

  program(): MachineProgram {
    const functions: MachineFunction[] = [];
    while (this.#next < this.#lines.length) functions.push(this.#function(functions.length === 0));
    return { functions };
  }

  #function(isEntry: boolean): MachineFunction {
    const { at } = item(this.#lines, this.#next);
    const [, name = "", list = ""] = this.#take(/^(\w+)\((.*)\)$/);
    const params = list === "" ? [] : list.split(", ").map((param) => (param === "_" ? null : registerNumber(param)));
    const slots: Slot[] = [];
    for (let slot = this.#try(/^slot\d+: (\d+) bytes, aligned to (\d)$/); slot !== null; ) {
      slots.push({ size: Number(slot[1]), align: alignOf(slot[2]) });
      slot = this.#try(/^slot\d+: (\d+) bytes, aligned to (\d)$/);
    }
    const blocks: MachineBlock[] = [];
    for (let title = this.#title(); title !== null; title = this.#title()) blocks.push(this.#block(title));
    const role = isEntry ? "program" : "function";
    return { name, role, params, blocks, slots, registerCount: registersOf(params, blocks), at };
  }

  #title(): RegExpMatchArray | null {
    return this.#try(/^block (\d+):(?: \((cold)?(?:, )?(?:loop depth (\d+))?\))?$/);
  }

  #block(title: RegExpMatchArray): MachineBlock {
    const phis: MachinePhi[] = [];
    for (let phi = this.#try(/^v(\d+) = phi\((.*)\)$/); phi !== null; phi = this.#try(/^v(\d+) = phi\((.*)\)$/)) {
      const sources = item(phi, 2)
        .split(", block ")
        .map((entry) => entry.replace(/^block /, "").split(": "))
        .map(([id, source]) => [Number(id), operand(source ?? "")] as const);
      phis.push({ dst: Number(phi[1]), sources: new Map(sources) });
    }
    const body: MachineInstruction[] = [];
    for (let end = this.#end(); ; end = this.#end()) {
      if (end !== null)
        return { id: Number(title[1]), cold: title[2] === "cold", loopDepth: Number(title[3] ?? 0), phis, body, end };
      body.push(this.#instruction());
    }
  }

  #end(): Terminator | null {
    const at = this.#at();
    const jump = this.#try(/^jump block (\d+)$/);
    if (jump !== null) return { op: "jump", target: Number(jump[1]), at };
    const branch = this.#try(/^if (.+) (==|!=|&|[us][<>]=?) (.+) \((32|64) bits\) then block (\d+) else block (\d+)$/);
    if (branch !== null) {
      const [, left = "", condition, right = "", width, ifTrue, ifFalse] = branch;
      return {
        op: "branch",
        condition: conditionOf(condition),
        width: widthOf(width),
        left: operand(left),
        right: operand(right),
        ifTrue: Number(ifTrue),
        ifFalse: Number(ifFalse),
        at,
      };
    }
    const value = this.#try(/^return(?: (.+))?$/);
    if (value === null) return null;
    return { op: "return", value: value[1] === undefined ? null : operand(value[1]), at };
  }

  #instruction(): MachineInstruction {
    const at = this.#at();
    const start = this.#try(/^start slot(\d+)$/);
    if (start !== null) return { op: "slotStart", slot: Number(start[1]), at };
    const store = this.#try(/^store u(\d+) \[(.*)\] = (.*)$/);
    if (store !== null) {
      return { op: "store", size: sizeOf(store[1]), ...memory(item(store, 2)), src: operand(item(store, 3)), at };
    }
    const call = this.#try(/^(?:v(\d+) = )?call (\w+)\((.*)\)$/);
    if (call !== null) {
      const [, dst, name = "", list = ""] = call;
      const args = list === "" ? [] : list.split(", ").map(operand);
      return { op: "call", callee: this.#callee(name), args, dst: dst === undefined ? null : Number(dst), at };
    }
    const atomic = this.#try(/^(?:v(\d+) = )?atomic (\w+) u(\d+) \[(.*)\], (\S+)(?: if (.+))?$/);
    if (atomic !== null) {
      const [, dst, operator, size, place = "", src = "", expected] = atomic;
      return {
        op: "atomic",
        operator: atomicOf(operator),
        size: size === "32" ? 4 : 8,
        dst: dst === undefined ? null : Number(dst),
        ...memory(place),
        src: operand(src),
        expected: expected === undefined ? null : operand(expected),
        at,
      };
    }
    return this.#definition(at);
  }

  #definition(at: Span | null): MachineInstruction {
    const [, register, right = ""] = this.#take(/^v(\d+) = (.*)$/);
    const dst = Number(register);
    const load = /^load u(\d+) \[(.*)\]$/.exec(right);
    if (load !== null) return { op: "load", size: sizeOf(load[1]), dst, ...memory(item(load, 2)), at };
    const unary = /^(negate32|negate64|swap16|swap32|swap64|zero32) (.+)$/.exec(right);
    if (unary !== null) return { op: "unary", operator: unaryOf(unary[1]), dst, src: operand(item(unary, 2)), at };
    const alu = /^(.+) (add|sub|mul|div|mod|and|or|xor|lsh|rsh|arsh)(32|64) (.+)$/.exec(right);
    if (alu === null) return { op: "move", dst, src: operand(right), at };
    const [, left = "", operator, width, second = ""] = alu;
    return {
      op: "alu",
      operator: aluOf(operator),
      width: widthOf(width),
      dst,
      left: operand(left),
      right: operand(second),
      at,
    };
  }

  #callee(name: string): (MachineInstruction & { readonly op: "call" })["callee"] {
    if (this.#functionNames.has(name)) return { kind: "function", name };
    const id = this.#helpers.get(name) ?? this.#helpers.size + 1;
    this.#helpers.set(name, id);
    return { kind: "helper", id, name };
  }

  #at(): Span | null {
    return this.#hasLines ? (this.#lines[this.#next]?.at ?? null) : null;
  }

  #take(pattern: RegExp): RegExpMatchArray {
    const match = this.#try(pattern);
    if (match === null) throw new Error(`not machine code: ${this.#lines[this.#next]?.text ?? "end of text"}`);
    return match;
  }

  #try(pattern: RegExp): RegExpMatchArray | null {
    const match = pattern.exec(this.#lines[this.#next]?.text ?? "");
    if (match !== null) this.#next++;
    return match;
  }
}

function operand(text: string): Operand {
  const slot = /^&slot(\d+)(?: ([+-]) (\d+))?$/.exec(text);
  if (slot !== null) return { kind: "slot", slot: Number(slot[1]), offset: Number(`${slot[2] ?? "+"}${slot[3] ?? 0}`) };
  const value = /^&value of (\S+) \+ (\d+)$/.exec(text);
  if (value !== null) return { kind: "mapValue", map: item(value, 1), offset: Number(value[2]) };
  if (text.startsWith("&map ")) return { kind: "map", map: text.slice(5) };
  if (text.startsWith("&function ")) return { kind: "function", name: text.slice(10) };
  if (text.startsWith("v")) return { kind: "register", register: registerNumber(text) };
  return { kind: "immediate", value: BigInt(text) };
}

function memory(text: string): { readonly base: Base; readonly offset: number } {
  const [, kind, index, sign = "+", offset = "0"] = /^(v|slot)(\d+)(?: ([+-]) (\d+))?$/.exec(text) ?? [];
  if (index === undefined) throw new Error(`not a place in memory: ${text}`);
  const base: Base =
    kind === "v" ? { kind: "register", register: Number(index) } : { kind: "slot", slot: Number(index) };
  return { base, offset: Number(`${sign}${offset}`) };
}

function registerNumber(register: string): number {
  return Number(register.slice(1));
}

function registersOf(params: readonly (number | null)[], blocks: readonly MachineBlock[]): number {
  let count = 0;
  for (const param of params) count = Math.max(count, (param ?? -1) + 1);
  for (const { phis, body } of blocks) {
    for (const { dst } of phis) count = Math.max(count, dst + 1);
    for (const instruction of body) if ("dst" in instruction) count = Math.max(count, (instruction.dst ?? -1) + 1);
  }
  return count;
}

// The patterns above let only these through; the checks are for the type.

function oneOf<T extends string>(text: string | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new Error(`${text} is none of ${choices.join(", ")}`);
  return found;
}

const aluOf = (text: string | undefined): AluOperator =>
  oneOf(text, ["add", "sub", "mul", "div", "mod", "and", "or", "xor", "lsh", "rsh", "arsh"]);
const atomicOf = (text: string | undefined): AtomicOperator =>
  oneOf(text, ["add", "and", "or", "xor", "exchange", "compareExchange"]);
const unaryOf = (text: string | undefined): (MachineInstruction & { readonly op: "unary" })["operator"] =>
  oneOf(text, ["negate32", "negate64", "swap16", "swap32", "swap64", "zero32"]);
const conditionOf = (text: string | undefined): Condition =>
  oneOf(text, ["==", "!=", "u<", "u<=", "u>", "u>=", "s<", "s<=", "s>", "s>=", "&"]);
const widthOf = (text: string | undefined): Width => (text === "32" ? 32 : 64);

function sizeOf(bits: string | undefined): MemorySize {
  return bits === "8" ? 1 : bits === "16" ? 2 : bits === "32" ? 4 : 8;
}

function alignOf(text: string | undefined): 1 | 2 | 4 | 8 {
  return text === "1" ? 1 : text === "2" ? 2 : text === "4" ? 4 : 8;
}
