/**
 * Checks that allocated code computes what the machine code says. Always on: a wrong allocation is silent otherwise.
 *
 * Every location is simulated through all paths: after each instruction it is known which values it holds, and at joins what all
 * paths agree on. Each instruction of the machine code must appear once, in order, and find its operands where it reads them;
 * calls take r0..r5; a slot's bytes must be its own while it is used. Only the machine code and the allocated code are looked at,
 * nothing the allocator thought.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { MachineBlock, MachineInstruction, Operand, Terminator } from "../machine/machine.ts";
import { definedRegister, operandsOf } from "../machine/operands.ts";
import { printEnd, printInstruction, printMachineFunction } from "../machine/print-machine.ts";
import type { AllocatedBlock, AllocatedEnd, AllocatedFunction, AllocatedInstruction } from "./allocated.ts";
import { type OperandCheck, whyNotCarriedOut, whyNotCompared } from "./instruction-match.ts";
import { LocationState } from "./location-state.ts";
import { printAllocatedEnd, printAllocatedFunction, printAllocatedInstruction } from "./print-allocated.ts";
import { type ValueName, ValueNames } from "./value-names.ts";

/**
 * @param flow of the machine code
 * @throws Error with the place, what is held where, and both listings
 */
export function verifyAllocation(fn: AllocatedFunction, flow: Flow): void {
  new AllocationCheck(fn, flow).run();
}

class AllocationCheck {
  readonly #fn: AllocatedFunction;
  readonly #names: ValueNames;
  /** What holds at the start of each block, as far as is known; `null` where nothing has arrived yet. */
  readonly #entryStates: (LocationState | null)[];
  /** Values whose definition has been passed: only in a loop it is passed again. */
  readonly #passed = new Set<ValueName>();

  constructor(fn: AllocatedFunction, flow: Flow) {
    this.#fn = fn;
    this.#names = new ValueNames(flow, fn.slotOffsets);
    this.#entryStates = fn.blocks.map(() => null);
  }

  /**
   * Passes every block, and again when less is known at its start than was assumed: what is wrong then is wrong for less, too.
   */
  run(): void {
    const order = this.#order();
    const ranks = new Map(order.map((place, rank) => [place, rank]));
    const entrances = this.#entrances(order);
    this.#entryStates[0] = this.#entry();
    const pending = new Set([0]);
    for (let rank = 0; rank < order.length; ) {
      const place = item(order, rank++);
      const state = item(this.#entryStates, place);
      if (state === null || !pending.delete(place)) continue;
      const block = item(this.#fn.blocks, place);
      const after = item(entrances, place) > 1 ? state.copy() : state;
      this.#throughBlock(block, after);
      const targets = allocatedTargets(block.end);
      for (const [index, target] of targets.entries()) {
        const arriving = index + 1 < targets.length ? after.copy() : after;
        if (!this.#arrive(block, target, arriving, item(entrances, target))) continue;
        pending.add(target);
        rank = Math.min(rank, ranks.get(target) ?? 0);
      }
    }
  }

  #entry(): LocationState {
    const { machine, slotOffsets, frameSize } = this.#fn;
    const slots = machine.slots.map(({ size }, slot) => ({ offset: item(slotOffsets, slot), size }));
    const entry = LocationState.atEntry(slots, frameSize);
    machine.params.forEach((param, index) => {
      if (param !== null) entry.setRegister(index + 1, [param]);
    });
    return entry;
  }

  /** Blocks in reverse postorder: outside of loops, what leads to a block is passed before it. */
  #order(): readonly number[] {
    const seen = new Set([0]);
    const postorder: number[] = [];
    const stack = [{ place: 0, targets: allocatedTargets(item(this.#fn.blocks, 0).end), next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const target = top.targets[top.next++];
      if (target === undefined) {
        postorder.push(top.place);
        stack.pop();
      } else if (!seen.has(target)) {
        seen.add(target);
        stack.push({ place: target, targets: allocatedTargets(item(this.#fn.blocks, target).end), next: 0 });
      }
    }
    return postorder.reverse();
  }

  /** From how many blocks each is entered. */
  #entrances(order: readonly number[]): readonly number[] {
    const entrances: number[] = this.#fn.blocks.map(() => 0);
    for (const place of order) {
      for (const target of allocatedTargets(item(this.#fn.blocks, place).end))
        entrances[target] = item(entrances, target) + 1;
    }
    return entrances;
  }

  /**
   * @param arriving is the target's from now on
   * @returns whether the target must be passed (again)
   */
  #arrive(from: AllocatedBlock, target: number, arriving: LocationState, entrances: number): boolean {
    const to = item(this.#fn.blocks, target);
    if (to.origin.kind === "block") this.#takePhis(to.origin.block, sourceId(from), arriving);
    const known = item(this.#entryStates, target);
    if (known !== null && entrances > 1) return known.meet(arriving);
    this.#entryStates[target] = arriving;
    return true;
  }

  /** Where a phi's source is, its result is from now on, and nowhere else. */
  #takePhis(block: MachineBlock, from: number, state: LocationState): void {
    const taken = block.phis.flatMap(({ dst, sources }) => {
      const source = sources.get(from);
      const name = this.#names.of({ kind: "register", register: dst });
      return source === undefined || name !== dst ? [] : [{ dst, source: this.#names.of(source) }];
    });
    if (taken.length === 0) return;
    state.rename((names) => {
      if (names.length === 0) return names;
      const kept = names.filter((name) => !taken.some(({ dst }) => dst === name));
      return [...kept, ...taken.flatMap(({ dst, source }) => (names.includes(source) ? [dst] : []))];
    });
  }

  #throughBlock(block: AllocatedBlock, state: LocationState): void {
    const expected = block.origin.kind === "block" ? block.origin.block.body.filter(isCarriedOut) : [];
    let next = 0;
    for (const instruction of block.body) {
      if (instruction.origin !== null) {
        if (instruction.origin !== expected[next]) {
          this.#fail(`${printInstruction(instruction.origin)} is out of order`, instruction, state);
        }
        next++;
      }
      this.#through(instruction, state);
    }
    const missing = expected[next];
    if (missing !== undefined) this.#fail(`${printInstruction(missing)} is missing`, block.end, state);
    this.#checkEnd(block, state);
  }

  #through(instruction: AllocatedInstruction, state: LocationState): void {
    const { origin } = instruction;
    if (origin === null) {
      this.#move(instruction, state);
      return;
    }
    this.#checkInstruction(instruction, origin, state);
    switch (instruction.op) {
      case "slotStart":
        state.startSlot(instruction.slot);
        return;
      case "store":
        if (instruction.base === 10) state.writeFrame(instruction.offset, instruction.size);
        return;
      case "call":
        for (let register = 0; register <= 5; register++) state.setRegister(register, []);
        this.#define(origin, 0, state);
        return;
      case "atomic":
        if (instruction.base === 10) state.writeFrame(instruction.offset, instruction.size);
        if (instruction.operator === "compareExchange") this.#define(origin, 0, state);
        else if (instruction.fetch) this.#define(origin, instruction.src, state);
        return;
      default:
        this.#define(origin, instruction.dst, state);
    }
  }

  /** What the allocator added: values change place, and constants appear. */
  #move(instruction: AllocatedInstruction, state: LocationState): void {
    const isFrameWord = "base" in instruction && instruction.base === 10 && instruction.size === 8;
    if (instruction.op === "copy") {
      state.setRegister(instruction.dst, state.register(instruction.src));
    } else if (instruction.op === "constant") {
      state.setRegister(instruction.dst, [this.#names.ofConstant(instruction.value)]);
    } else if (instruction.op === "frameAddress") {
      state.setRegister(instruction.dst, [this.#names.ofFrameAddress(instruction.offset)]);
    } else if (instruction.op === "load" && isFrameWord) {
      state.setRegister(instruction.dst, state.word(instruction.offset));
    } else if (instruction.op === "store" && isFrameWord) {
      const { src } = instruction;
      const value = { kind: "immediate", value: BigInt(src.kind === "immediate" ? src.value : 0) } as const;
      const names = src.kind === "register" ? state.register(src.register) : [this.#names.ofConstant(value)];
      state.setWord(instruction.offset, names);
    } else {
      this.#fail("an instruction carries out nothing of the machine code", instruction, state);
    }
  }

  #define(origin: MachineInstruction, register: number, state: LocationState): void {
    const defined = definedRegister(origin);
    if (defined !== null) {
      if (this.#passed.has(defined)) {
        state.rename((names) => (names.includes(defined) ? names.filter((name) => name !== defined) : names));
      }
      this.#passed.add(defined);
    }
    state.setRegister(register, defined === null ? [] : [defined]);
  }

  #checkInstruction(instruction: AllocatedInstruction, origin: MachineInstruction, state: LocationState): void {
    const why = whyNotCarriedOut(instruction, origin, this.#operandCheck(state));
    if (why !== null) this.#fail(`${printInstruction(origin)}: ${why}`, instruction, state);
    // Only these touch bytes; adding to an address does not.
    if (origin.op !== "load" && origin.op !== "store" && origin.op !== "atomic" && origin.op !== "call") return;
    for (const operand of operandsOf(origin)) {
      for (const slot of this.#names.slotsOf(operand)) {
        if (state.isValid(slot)) continue;
        this.#fail(`${printInstruction(origin)}: the bytes of slot${slot} were given away`, instruction, state);
      }
    }
  }

  #operandCheck(state: LocationState): OperandCheck {
    return {
      holds: (register, operand) => state.register(register).includes(this.#names.of(operand)),
      slotOffset: (slot) => item(this.#fn.slotOffsets, slot),
    };
  }

  #checkEnd(block: AllocatedBlock, state: LocationState): void {
    const { end, origin } = block;
    if (origin.kind === "edge") {
      if (end.op !== "jump" || this.#leadsTo(end.target, origin.from) !== origin.to)
        this.#fail("the edge leads elsewhere", end, state);
      return;
    }
    const why = this.#whyEndDiffers(origin.block, end, state);
    if (why !== null) this.#fail(`${printEnd(origin.block.end)}: ${why}`, end, state);
  }

  #whyEndDiffers({ id, end: wanted }: MachineBlock, end: AllocatedEnd, state: LocationState): string | null {
    if (wanted.op === "return") {
      if (end.op !== "return") return "it does not return";
      const value: Operand = wanted.value ?? { kind: "immediate", value: 0n };
      return this.#operandCheck(state).holds(0, value) ? null : "r0 does not hold the result";
    }
    if (end.op === "return") return "it returns";
    if (end.op === "jump") {
      const targets = wanted.op === "jump" ? [wanted.target] : [wanted.ifTrue, wanted.ifFalse];
      return targets.every((target) => target === this.#leadsTo(end.target, id)) ? null : "it leads elsewhere";
    }
    return wanted.op === "jump" ? "it does not always jump" : this.#whyBranchDiffers(id, wanted, end, state);
  }

  #whyBranchDiffers(
    id: number,
    wanted: Terminator & { readonly op: "branch" },
    end: AllocatedEnd & { readonly op: "branch" },
    state: LocationState,
  ): string | null {
    if (this.#leadsTo(end.ifTrue, id) !== wanted.ifTrue || this.#leadsTo(end.ifFalse, id) !== wanted.ifFalse) {
      return "it leads elsewhere";
    }
    return whyNotCompared(end, wanted, this.#operandCheck(state));
  }

  /** The machine block a place stands for, seen from a block; an edge stands for its end. */
  #leadsTo(place: number, from: number): number | null {
    const { origin } = item(this.#fn.blocks, place);
    if (origin.kind === "block") return origin.block.id;
    return origin.from === from ? origin.to : null;
  }

  #fail(why: string, at: AllocatedInstruction | AllocatedEnd, state: LocationState): never {
    const text = "dst" in at || "origin" in at ? printAllocatedInstruction(at) : printAllocatedEnd(at);
    throw new Error(
      `Broken invariant: wrong register allocation of ${this.#fn.name} at "${text}": ${why}.\n` +
        `Held: ${state.print((name: ValueName) => this.#names.print(name))}\n\n` +
        `${printMachineFunction(this.#fn.machine)}\n${printAllocatedFunction(this.#fn)}`,
    );
  }
}

/** Moves leave no instruction: copies are the same value, constants are made where they are read. */
function isCarriedOut(instruction: MachineInstruction): boolean {
  return instruction.op !== "move";
}

function sourceId(block: AllocatedBlock): number {
  return block.origin.kind === "edge" ? block.origin.from : block.origin.block.id;
}

function allocatedTargets(end: AllocatedEnd): readonly number[] {
  if (end.op === "return") return [];
  return end.op === "jump" ? [end.target] : [end.ifTrue, end.ifFalse];
}
