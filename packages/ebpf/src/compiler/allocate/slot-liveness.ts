/**
 * Where in the linear code the content of each slot matters: from `slotStart` to the last instruction that may touch it.
 *
 * An instruction touches a slot by naming it or through a register that holds an address derived from it by moves, additions,
 * subtractions and phis. If such an address is itself stored in memory, the slot matters until the function returns.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { MachineFunction, MachineInstruction, Operand, SlotIndex } from "../machine/machine.ts";
import { operandsOf, operandsOfEnd } from "../machine/operands.ts";
import type { LegalCode } from "./legalise.ts";
import { type LiveIntervals, STEP } from "./live-intervals.ts";
import { Stretches } from "./stretches.ts";

/** @returns for each slot the positions at which its bytes are its own */
export function findSlotLiveness(
  fn: MachineFunction,
  flow: Flow,
  code: LegalCode,
  live: LiveIntervals,
): readonly Stretches[] {
  if (fn.slots.length === 0) return [];
  const derived = findDerived(code);
  const escaped = new Set<SlotIndex>();
  const events: SlotEvent[][][] = fn.slots.map(() => flow.blocks.map(() => []));
  const note = (slot: SlotIndex, block: number, event: SlotEvent): void => {
    item(item(events, slot), block).push(event);
  };
  code.blocks.forEach((block, number) => {
    const start = live.blockStart.get(number);
    block.body.forEach((instruction, index) => {
      const position = start + STEP * (index + 1);
      const read = instruction.code;
      if (read.op === "slotStart") note(read.slot, number, { position, starts: true });
      for (const operand of operandsOf(read)) {
        for (const slot of slotsOf(operand, derived)) note(slot, number, { position, starts: false });
      }
      for (const slot of storedSlots(read, derived)) escaped.add(slot);
    });
    const position = start + STEP * (block.body.length + 1);
    for (const operand of operandsOfEnd(block.end)) {
      for (const slot of slotsOf(operand, derived)) note(slot, number, { position, starts: false });
    }
  });
  for (const slot of escaped) {
    code.blocks.forEach((block, number) => {
      const position = live.blockStart.get(number) + STEP * (block.body.length + 1);
      if (block.end.op === "return") note(slot, number, { position, starts: false });
    });
  }
  return events.map((slotEvents) => stretchesOf(slotEvents, flow, live));
}

interface SlotEvent {
  readonly position: number;
  /** Content begins (and what was before is void), or content is used. */
  readonly starts: boolean;
}

function stretchesOf(events: readonly (readonly SlotEvent[])[], flow: Flow, live: LiveIntervals): Stretches {
  const found = new Stretches();
  const entered = new Set<number>();
  const pending: number[] = [];
  const enter = (block: number): void => {
    if (entered.has(block)) return;
    entered.add(block);
    pending.push(block);
  };
  const reach = (block: number, before: number, end: number): void => {
    const started = item(events, block).findLast((event) => event.starts && event.position < before);
    found.add(started?.position ?? live.blockStart.get(block), end);
    if (started === undefined) enter(block);
  };
  events.forEach((inBlock, block) => {
    for (const event of inBlock) {
      if (event.starts) found.add(event.position, event.position + STEP);
      else reach(block, event.position, event.position + STEP);
    }
  });
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    for (const from of item(flow.predecessors, block)) {
      const end = live.blockStart.get(from + 1);
      reach(from, end, end);
    }
  }
  return found.sorted();
}

function slotsOf(operand: Operand, derived: ReadonlyMap<number, ReadonlySet<SlotIndex>>): Iterable<SlotIndex> {
  if (operand.kind === "slot") return [operand.slot];
  return operand.kind === "register" ? (derived.get(operand.register) ?? []) : [];
}

/** Slots whose address the instruction writes to memory. */
function storedSlots(
  code: MachineInstruction,
  derived: ReadonlyMap<number, ReadonlySet<SlotIndex>>,
): Iterable<SlotIndex> {
  return code.op === "store" || code.op === "atomic" ? slotsOf(code.src, derived) : [];
}

/** The slots each register's address may lie in. */
function findDerived(code: LegalCode): ReadonlyMap<number, ReadonlySet<SlotIndex>> {
  const derived = new Map<number, Set<SlotIndex>>();
  let changed = true;
  const flowInto = (dst: number, source: Operand): void => {
    for (const slot of slotsOf(source, derived)) {
      const known = derived.get(dst) ?? new Set();
      if (known.has(slot)) continue;
      derived.set(dst, known.add(slot));
      changed = true;
    }
  };
  while (changed) {
    changed = false;
    for (const block of code.blocks) {
      for (const phi of block.phis) for (const source of phi.sources.values()) flowInto(phi.dst, source);
      for (const { code: read } of block.body) {
        if (read.op === "move") flowInto(read.dst, read.src);
        if (read.op !== "alu" || (read.operator !== "add" && read.operator !== "sub")) continue;
        flowInto(read.dst, read.left);
        flowInto(read.dst, read.right);
      }
    }
  }
  return derived;
}
