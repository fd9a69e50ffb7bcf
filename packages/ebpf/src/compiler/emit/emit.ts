/**
 * Allocated machine code becomes eBPF instructions with the tables the loader needs.
 */
import * as assemble from "../../object/assemble.ts";
import { type Instruction, isWide, slotsOf } from "../../object/instruction.ts";
import type { AllocatedFunction, AllocatedInstruction, AllocatedProgram } from "../allocate/allocated.ts";
import { refuse } from "../diagnostic.ts";
import { item } from "../machine/item.ts";
import type { Span } from "../tree.ts";
import type { Bytecode, FunctionEntry, LineEntry, Relocation } from "./bytecode.ts";
import { encodeInstruction, encodeLeave } from "./encode-instruction.ts";
import { isCode, type LaidOutBlock, type Leave, layOutBlocks } from "./jumps.ts";
import { LineNumbers } from "./line-numbers.ts";

/** @throws CompileError (E508) if a function is so long that a jump in it does not reach its target */
export function emit(program: AllocatedProgram): Bytecode {
  const emission = new Emission();
  for (const fn of program.functions) emission.addFunction(fn);
  emission.linkFunctions();
  const { instructions, relocations, functions, lines } = emission;
  return { instructions, relocations, functions, lines };
}

/** A jump whose distance is known only when its function is complete. */
interface OpenJump {
  readonly index: number;
  readonly leave: Leave & { readonly target: number };
  readonly at: Span | null;
}

/** A call or an address of a function, which may come later. */
interface OpenReference {
  readonly index: number;
  readonly name: string;
}

class Emission {
  readonly instructions: Instruction[] = [];
  readonly relocations: Relocation[] = [];
  readonly functions: FunctionEntry[] = [];
  readonly lines: LineEntry[] = [];
  /** The slot of each instruction, and one past the last. */
  readonly #slots: number[] = [0];
  readonly #references: OpenReference[] = [];
  readonly #lineNumbers = new LineNumbers();

  addFunction(fn: AllocatedFunction): void {
    this.functions.push({ name: fn.name, start: this.instructions.length, at: fn.at });
    const blockStarts: number[] = [];
    const jumps: OpenJump[] = [];
    for (const block of layOutBlocks(fn.blocks)) {
      blockStarts.push(this.instructions.length);
      this.#addBlock(block, fn, jumps);
    }
    for (const jump of jumps) this.#close(jump, item(blockStarts, jump.leave.target), fn);
  }

  linkFunctions(): void {
    const starts = new Map(this.functions.map(({ name, start }) => [name, item(this.#slots, start)]));
    for (const { index, name } of this.#references) {
      const start = starts.get(name);
      if (start === undefined) throw new Error(`Broken invariant: there is no function ${name} in the program.`);
      // Both forms count from the slot after the first one of the instruction.
      const relative = start - item(this.#slots, index) - 1;
      const open = item(this.instructions, index);
      this.instructions[index] = isWide(open) ? assemble.loadFunction(open.dst, relative) : assemble.callSub(relative);
    }
  }

  #addBlock(block: LaidOutBlock, fn: AllocatedFunction, jumps: OpenJump[]): void {
    const code = block.body.filter(isCode);
    // Moves have no line of their own. At the start of a block they belong to what follows, elsewhere to what precedes.
    let at = code.find((instruction) => instruction.at !== null)?.at ?? block.at;
    for (const instruction of code) {
      at = instruction.at ?? at;
      this.#noteLine(at, fn);
      this.#noteReference(instruction);
      for (const encoded of encodeInstruction(instruction)) this.#push(encoded);
    }
    for (const leave of block.leave) {
      this.#noteLine(block.at ?? at, fn);
      if ("target" in leave) jumps.push({ index: this.instructions.length, leave, at: block.at });
      this.#push(encodeLeave(leave, 0));
    }
  }

  #push(instruction: Instruction): void {
    this.instructions.push(instruction);
    this.#slots.push(item(this.#slots, this.#slots.length - 1) + slotsOf(instruction));
  }

  #noteLine(at: Span | null, fn: AllocatedFunction): void {
    const index = this.instructions.length;
    const isFirst = index === this.functions.at(-1)?.start;
    const last = this.lines.at(-1);
    if (isFirst) this.lines.push({ index, at: at ?? fn.at });
    else if (at !== null && (last === undefined || !this.#isSameLine(at, last.at))) this.lines.push({ index, at });
  }

  #isSameLine(a: Span, b: Span): boolean {
    return a.source === b.source && this.#lineNumbers.lineOf(a) === this.#lineNumbers.lineOf(b);
  }

  #noteReference(instruction: AllocatedInstruction): void {
    const index = this.instructions.length;
    if (instruction.op === "call" && instruction.callee.kind === "function") {
      this.#references.push({ index, name: instruction.callee.name });
    }
    if (instruction.op !== "constant") return;
    const { value } = instruction;
    if (value.kind === "function") this.#references.push({ index, name: value.name });
    if (value.kind === "map") this.relocations.push({ index, kind: "map", name: value.map, offset: 0 });
    if (value.kind === "mapValue") {
      this.relocations.push({ index, kind: "mapValue", name: value.map, offset: value.offset });
    }
  }

  #close({ index, leave, at }: OpenJump, target: number, fn: AllocatedFunction): void {
    const off = item(this.#slots, target) - item(this.#slots, index) - 1;
    if (off < -0x8000 || off > 0x7fff) {
      const got = `${fn.name} is too long: a jump in it would have to skip ${off} instructions, and eBPF jumps skip 32,767`;
      refuse("E508", at ?? fn.at, got, "move a part of the function into a function of its own with noinline()");
    }
    this.instructions[index] = encodeLeave(leave, off);
  }
}
