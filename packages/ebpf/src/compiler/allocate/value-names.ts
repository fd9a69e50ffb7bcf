/**
 * One name for each value of a machine function, whatever the code calls it: copies are their original, constants are themselves.
 *
 * In SSA form a copy equals its original wherever both are defined, and so does a phi with one predecessor. Used by the check of
 * the allocation, which compares values, not registers.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { Operand, SlotIndex, VirtualRegister } from "../machine/machine.ts";
import type { Constant } from "./allocated.ts";

/** Registers that are no copies keep their number; constants have negative names. */
export type ValueName = number;

export class ValueNames {
  readonly #slotOffsets: readonly number[];
  readonly #ofRegister = new Map<VirtualRegister, ValueName>();
  readonly #ofConstant = new Map<string, ValueName>();
  readonly #slotsOf = new Map<ValueName, Set<SlotIndex>>();

  /** @param slotOffsets where each slot is: addresses within the frame are constants too */
  constructor(flow: Flow, slotOffsets: readonly number[]) {
    this.#slotOffsets = slotOffsets;
    // Definitions come before uses in this order, except on the way back in loops, which one predecessor alone does not make.
    flow.blocks.forEach((block, number) => {
      const [from, ...others] = item(flow.predecessors, number);
      for (const { dst, sources } of block.phis) {
        const source = from === undefined ? undefined : sources.get(item(flow.blocks, from).id);
        if (source !== undefined && others.length === 0) this.#ofRegister.set(dst, this.of(source));
      }
      for (const instruction of block.body) {
        if (instruction.op === "move") this.#ofRegister.set(instruction.dst, this.of(instruction.src));
      }
    });
    if (slotOffsets.length > 0) this.#findSlots(flow);
  }

  of(operand: Operand): ValueName {
    if (operand.kind === "register") return this.#ofRegister.get(operand.register) ?? operand.register;
    if (operand.kind === "slot") return this.ofFrameAddress(item(this.#slotOffsets, operand.slot) + operand.offset);
    return this.ofConstant(operand);
  }

  ofConstant(constant: Constant): ValueName {
    switch (constant.kind) {
      case "immediate":
        return this.#intern(`${BigInt.asUintN(64, constant.value)}`);
      case "map":
        return this.#intern(`map ${constant.map}`);
      case "mapValue":
        return this.#intern(`value ${constant.offset} of ${constant.map}`);
      case "function":
        return this.#intern(`function ${constant.name}`);
    }
  }

  ofFrameAddress(offset: number): ValueName {
    return this.#intern(`frame ${offset}`);
  }

  #intern(text: string): ValueName {
    const known = this.#ofConstant.get(text);
    if (known !== undefined) return known;
    const name = -1 - this.#ofConstant.size;
    this.#ofConstant.set(text, name);
    return name;
  }

  /** For messages. */
  print(name: ValueName): string {
    if (name >= 0) return `v${name}`;
    return [...this.#ofConstant].find(([, constant]) => constant === name)?.[0] ?? "?";
  }

  /** The slots an operand's address may lie in. */
  slotsOf(operand: Operand): ReadonlySet<SlotIndex> {
    if (operand.kind === "slot") return new Set([operand.slot]);
    return operand.kind === "register" ? (this.#slotsOf.get(operand.register) ?? NO_SLOTS) : NO_SLOTS;
  }

  #findSlots(flow: Flow): void {
    const steps = addressSteps(flow);
    for (let changed = true; changed; ) {
      changed = false;
      for (const { dst, src } of steps) {
        for (const slot of this.slotsOf(src)) {
          const known = this.#slotsOf.get(dst) ?? new Set();
          changed ||= !known.has(slot);
          this.#slotsOf.set(dst, known.add(slot));
        }
      }
    }
  }
}

const NO_SLOTS: ReadonlySet<SlotIndex> = new Set();

/** Every step by which an address may go from an operand into a register. */
function addressSteps(flow: Flow): readonly { readonly dst: VirtualRegister; readonly src: Operand }[] {
  const steps: { readonly dst: VirtualRegister; readonly src: Operand }[] = [];
  for (const { phis, body } of flow.blocks) {
    for (const { dst, sources } of phis) for (const src of sources.values()) steps.push({ dst, src });
    for (const instruction of body) {
      if (instruction.op === "move") steps.push({ dst: instruction.dst, src: instruction.src });
      if (instruction.op !== "alu") continue;
      steps.push({ dst: instruction.dst, src: instruction.left }, { dst: instruction.dst, src: instruction.right });
    }
  }
  return steps;
}
