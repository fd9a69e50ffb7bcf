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
  const finder = new SlotEventFinder(fn, code, live);
  return finder.find().map((events) => stretchesOf(events, flow, live));
}

interface SlotEvent {
  readonly position: number;
  /** Content begins (and what was before is void), or content is used. */
  readonly starts: boolean;
}

/** What happens to one slot, by block; only blocks where something does. */
type SlotEvents = Map<number, SlotEvent[]>;

class SlotEventFinder {
  readonly #code: LegalCode;
  readonly #live: LiveIntervals;
  readonly #derived: ReadonlyMap<number, ReadonlySet<SlotIndex>>;
  readonly #events: SlotEvents[];
  readonly #escaped = new Set<SlotIndex>();

  constructor(fn: MachineFunction, code: LegalCode, live: LiveIntervals) {
    this.#code = code;
    this.#live = live;
    this.#derived = findDerived(code);
    this.#events = fn.slots.map(() => new Map());
  }

  /** @returns the events of each slot, in ascending order within a block */
  find(): readonly SlotEvents[] {
    this.#code.blocks.forEach((block, number) => {
      let position = this.#live.blockStart.get(number);
      for (const { code } of block.body) {
        position += STEP;
        if (code.op === "slotStart") this.#note(code.slot, number, position, true);
        else this.#noteReads(code, number, position);
      }
      for (const operand of operandsOfEnd(block.end)) this.#noteOperand(operand, number, position + STEP);
    });
    for (const slot of this.#escaped) {
      this.#code.blocks.forEach((block, number) => {
        const end = this.#live.blockStart.get(number) + STEP * (block.body.length + 1);
        if (block.end.op === "return") this.#note(slot, number, end, false);
      });
    }
    return this.#events;
  }

  #noteReads(code: MachineInstruction, block: number, position: number): void {
    for (const operand of operandsOf(code)) this.#noteOperand(operand, block, position);
    if (code.op !== "store" && code.op !== "atomic") return;
    for (const slot of slotsOf(code.src, this.#derived)) this.#escaped.add(slot);
  }

  #noteOperand(operand: Operand, block: number, position: number): void {
    if (operand.kind !== "slot" && operand.kind !== "register") return;
    for (const slot of slotsOf(operand, this.#derived)) this.#note(slot, block, position, false);
  }

  #note(slot: SlotIndex, block: number, position: number, starts: boolean): void {
    const events = item(this.#events, slot);
    const known = events.get(block);
    if (known === undefined) events.set(block, [{ position, starts }]);
    else known.push({ position, starts });
  }
}

function stretchesOf(events: SlotEvents, flow: Flow, live: LiveIntervals): Stretches {
  const found = new Stretches();
  const entered = new Uint8Array(flow.blocks.length);
  const pending: number[] = [];
  /** The slot is in use in the block up to `end`, through an event or because a following block uses it. */
  const reach = (block: number, end: number): void => {
    const started = lastStart(events.get(block), end);
    found.add(started ?? live.blockStart.get(block), end);
    if (started !== undefined || entered[block] === 1) return;
    entered[block] = 1;
    pending.push(block);
  };
  for (const [block, inBlock] of events) for (const event of inBlock) reach(block, event.position + STEP);
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    for (const from of item(flow.predecessors, block)) reach(from, live.blockStart.get(from + 1));
  }
  return found.sorted();
}

/** The position of the last start before `end`. */
function lastStart(events: readonly SlotEvent[] | undefined, end: number): number | undefined {
  return events?.findLast((event) => event.starts && event.position < end)?.position;
}

function slotsOf(operand: Operand, derived: ReadonlyMap<number, ReadonlySet<SlotIndex>>): Iterable<SlotIndex> {
  if (operand.kind === "slot") return [operand.slot];
  return operand.kind === "register" ? (derived.get(operand.register) ?? []) : [];
}

/** The slots each register's address may lie in. */
function findDerived(code: LegalCode): ReadonlyMap<number, ReadonlySet<SlotIndex>> {
  const derived = new Map<number, Set<SlotIndex>>();
  const steps = derivations(code);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { dst, src } of steps) {
      for (const slot of slotsOf(src, derived)) {
        const known = derived.get(dst) ?? new Set();
        if (known.has(slot)) continue;
        derived.set(dst, known.add(slot));
        changed = true;
      }
    }
  }
  return derived;
}

/** Every step by which an address may go from an operand into a register. */
function derivations(code: LegalCode): readonly { readonly dst: number; readonly src: Operand }[] {
  const steps: { readonly dst: number; readonly src: Operand }[] = [];
  for (const { phis, body } of code.blocks) {
    for (const { dst, sources } of phis) for (const src of sources.values()) steps.push({ dst, src });
    for (const { code: read } of body) {
      if (read.op === "move") steps.push({ dst: read.dst, src: read.src });
      if (read.op !== "alu" || (read.operator !== "add" && read.operator !== "sub")) continue;
      steps.push({ dst: read.dst, src: read.left }, { dst: read.dst, src: read.right });
    }
  }
  return steps.filter(({ src }) => src.kind === "slot" || src.kind === "register");
}
