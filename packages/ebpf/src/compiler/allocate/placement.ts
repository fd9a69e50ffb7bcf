/**
 * The outcome of the scan as a question and an answer: where is this value at this position?
 */
import type { Operand, SlotIndex, VirtualRegister } from "../machine/machine.ts";
import type { Constant } from "./allocated.ts";
import { IN_MEMORY, NONE } from "./interval-table.ts";
import type { LiveIntervals } from "./live-intervals.ts";
import type { MoveSource } from "./location.ts";
import type { SpillStore } from "./spill-stores.ts";

/** What a constant register is defined by: anything but another register. */
export type ConstantOperand = Constant | { readonly kind: "slot"; readonly slot: SlotIndex; readonly offset: number };

export interface Placement {
  readonly live: LiveIntervals;
  /** Registers defined by a move of something that can be remade anywhere. */
  readonly constants: ReadonlyMap<VirtualRegister, ConstantOperand>;
  /** Stack slot of each value that is in memory for a part of its life. */
  readonly spillOffsets: ReadonlyMap<VirtualRegister, number>;
  /** Where each of those is stored there. */
  readonly spillStores: ReadonlyMap<VirtualRegister, SpillStore>;
  readonly slotOffsets: readonly number[];
}

/** @throws Error if the value is not live there */
export function valueAt(placement: Placement, register: VirtualRegister, position: number): MoveSource {
  const { table } = placement.live;
  const part = table.partAt(placement.live.intervalOf.get(register), position);
  if (part === NONE) throw new Error(`Broken invariant: v${register} is not live at ${position}.`);
  const location = table.locationOf(part);
  if (location !== IN_MEMORY) return location;
  const constant = placement.constants.get(register);
  if (constant !== undefined) return constantSource(placement, constant);
  const offset = placement.spillOffsets.get(register);
  if (offset === undefined) throw new Error(`Broken invariant: v${register} is in memory and has no stack slot.`);
  return offset;
}

export function operandAt(placement: Placement, operand: Operand, position: number): MoveSource {
  if (operand.kind === "register") return valueAt(placement, operand.register, position);
  return constantSource(placement, operand);
}

export function constantSource(placement: Placement, constant: ConstantOperand): MoveSource {
  if (constant.kind !== "slot") return constant;
  return { kind: "frameAddress", offset: (placement.slotOffsets[constant.slot] ?? 0) + constant.offset };
}
