/**
 * Gives each live interval a register, splitting those that cannot keep one.
 *
 * Linear scan on intervals with holes (Wimmer and Mössenböck, "Optimized Interval Splitting in a Linear Scan Register Allocator",
 * 2005; Wimmer and Franz, "Linear Scan Register Allocation on SSA Form", 2010). Intervals are taken in order of their start. One that
 * finds a register free for all of its life has it. Otherwise it shares: it takes the register that is free longest and is cut
 * where that ends, or it takes the register whose value is needed last, and that value goes to memory until then.
 *
 * A call takes r0..r5 from everybody. Cold code is last in the linear order, so what only cold code needs counts as needed last.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { Hints } from "./hints.ts";
import { IntVector } from "./int-vector.ts";
import { AT_ONCE, IN_MEMORY, type IntervalTable, NEVER, NONE, UNASSIGNED } from "./interval-table.ts";
import { CLOBBER, type LiveIntervals, STEP } from "./live-intervals.ts";
import type { Loops } from "./loops.ts";
import { Sleepers } from "./sleepers.ts";
import { StartQueue } from "./start-queue.ts";

const REGISTERS = 10;
const FIRST_SAVED = 6;

/**
 * Order of preference among registers that do equally well: r1 and r2 are often wanted by arguments and r0 by the result, so values
 * without a wish stay out of them. Registers that survive calls are kept for those who need that.
 */
const PREFERENCE: readonly number[] = [5, 4, 3, 0, 2, 1, 6, 7, 8, 9];

/** Constants are remade for about the price of a move: they give way to values that would have to be loaded. */
const REMADE_LATER = 400;

/** @param isConstant whether a register's value can be remade anywhere */
export function linearScan(
  flow: Flow,
  live: LiveIntervals,
  hints: Hints,
  loops: Loops,
  isConstant: (register: number) => boolean,
): void {
  new LinearScan(flow, live, hints, loops, isConstant).run();
}

class LinearScan {
  readonly #flow: Flow;
  readonly #live: LiveIntervals;
  readonly #table: IntervalTable;
  readonly #hints: Hints;
  readonly #loops: Loops;
  readonly #isConstant: (register: number) => boolean;

  readonly #queue: StartQueue;
  /** The interval that is live in each register at the present position; NONE for a free register. */
  readonly #active = new IntVector(REGISTERS, NONE);
  /** Intervals that hold the register and are in a hole. */
  readonly #inactive = Array.from({ length: REGISTERS }, () => new Sleepers());
  /** The register last given to a member of each phi web. */
  readonly #webRegister: IntVector;

  /** Per register: until where the present interval may have it. */
  readonly #freeUntil = new IntVector(REGISTERS);
  /** Per register: when its present holder needs it next. */
  readonly #neededAt = new IntVector(REGISTERS);

  constructor(flow: Flow, live: LiveIntervals, hints: Hints, loops: Loops, isConstant: (register: number) => boolean) {
    this.#flow = flow;
    this.#live = live;
    this.#table = live.table;
    this.#hints = hints;
    this.#loops = loops;
    this.#isConstant = isConstant;
    this.#queue = new StartQueue(live.table);
    this.#webRegister = new IntVector(hints.web.length, NONE);
  }

  run(): void {
    const parts = this.#table.count;
    for (let interval = this.#queue.pop(); interval !== NONE; interval = this.#queue.pop()) {
      const position = this.#table.start(interval);
      this.#advance(position);
      // Only the first part of an interval comes from the table as it was; in SSA form it meets no interval that is in a hole.
      const isWhole = interval < parts;
      if (!this.#takeFree(interval, position, isWhole)) this.#takeFromAnother(interval, position, isWhole);
    }
  }

  /** Brings active and inactive intervals up to `position`. */
  #advance(position: number): void {
    for (let register = 0; register < REGISTERS; register++) {
      const active = this.#active.get(register);
      if (active !== NONE && !this.#table.isLive(active, position)) {
        this.#active.set(register, NONE);
        this.#place(register, active, position);
      }
      const sleepers = item(this.#inactive, register);
      for (let woken = sleepers.takeAwake(position); woken !== undefined; woken = sleepers.takeAwake(position)) {
        this.#place(register, woken, position);
      }
    }
  }

  /** Makes an interval that has the register active or inactive, or forgets it when it is over. */
  #place(register: number, interval: number, position: number): void {
    const range = this.#table.rangeAt(interval, position);
    if (range === NONE) return;
    const from = this.#table.rangeFrom(range);
    if (from <= position) this.#active.set(register, interval);
    else item(this.#inactive, register).add(interval, from);
  }

  /** The first position at which the interval meets one that is in a hole; NEVER if it meets none. */
  #meetsInactive(register: number, interval: number, position: number): number {
    let first = this.#table.end(interval);
    for (const other of item(this.#inactive, register).before(first)) {
      first = Math.min(first, this.#table.intersection(other, interval, position));
    }
    return first === this.#table.end(interval) ? NEVER : first;
  }

  #takeFree(interval: number, position: number, isWhole: boolean): boolean {
    this.#findFreeUntil(interval, position, isWhole);
    const end = this.#table.end(interval);
    let register = this.#hinted(interval, end);
    if (register === NONE) register = this.#tightest(interval, this.#isHeadedForCall(interval));
    if (register !== NONE) {
      this.#assign(interval, register);
      return true;
    }
    register = this.#longestFree();
    const hinted = this.#hinted(interval, this.#freeUntil.get(register));
    if (hinted !== NONE) register = hinted;
    const cut = boundaryBefore(this.#freeUntil.get(register));
    if (cut <= position) return false;
    const saved = this.#worthSaving(interval, position, cut, isWhole);
    if (saved !== NONE) {
      this.#evict(saved, interval, position, isWhole);
      this.#assign(interval, saved);
      return true;
    }
    this.#splitOff(interval, this.#splitPosition(position, cut));
    this.#assign(interval, register);
    return true;
  }

  #findFreeUntil(interval: number, position: number, isWhole: boolean): void {
    const call = this.#firstClobber(interval, this.#live.nextCall);
    const result = this.#firstClobber(interval, this.#live.nextResultClobber);
    for (let register = 0; register < REGISTERS; register++) {
      let free = register >= FIRST_SAVED ? NEVER : register === 0 ? result : call;
      if (this.#active.get(register) !== NONE) {
        free = 0;
      } else if (!isWhole) {
        free = Math.min(free, this.#meetsInactive(register, interval, position));
      }
      this.#freeUntil.set(register, free);
    }
  }

  /** The first position inside the interval at which a call (or compareExchange) takes the register away. */
  #firstClobber(interval: number, next: IntVector): number {
    for (let range = this.#table.firstRange(interval); range !== NONE; range = this.#table.nextRange(range)) {
      let from = this.#table.rangeFrom(range);
      let clobber = next.get(Math.floor(from / STEP));
      // An interval that begins with the call's result is not touched by that call.
      if (clobber < from) {
        from = (Math.floor(from / STEP) + 1) * STEP;
        clobber = from < this.#table.rangeTo(range) ? next.get(from / STEP) : NEVER;
      }
      if (clobber < this.#table.rangeTo(range)) return clobber;
    }
    return NEVER;
  }

  /** The first of the wishes that can be had until then. */
  #hinted(interval: number, until: number): number {
    const virtual = this.#table.registerOf(interval);
    const suits = (register: number): boolean => register >= 0 && this.#freeUntil.get(register) >= until;
    const wanted = this.#hints.wanted.get(virtual);
    if (suits(wanted)) return wanted;
    const web = this.#webRegister.get(this.#hints.web.get(virtual));
    if (suits(web)) return web;
    const replaced = this.#hints.replaces.get(virtual);
    if (replaced !== NONE) {
      const register = this.#registerBefore(replaced, this.#table.start(interval));
      if (suits(register)) return register;
    }
    const given = this.#hints.given.get(virtual);
    return suits(given) ? given : NONE;
  }

  /** Where a value is just before `position`: a register, or a negative number. */
  #registerBefore(virtual: number, position: number): number {
    let part = this.#live.intervalOf.get(virtual);
    while (part !== NONE && this.#table.end(part) < position - 1) part = this.#table.nextPart(part);
    return part === NONE ? NONE : this.#table.locationOf(part);
  }

  /** Whether what takes the interval's place (and what takes its place) lives over a call: then it begins in a register for that. */
  #isHeadedForCall(interval: number): boolean {
    let virtual = this.#hints.becomes.get(this.#table.registerOf(interval));
    for (let steps = 0; virtual !== NONE && steps < 4; steps++) {
      const next = this.#live.intervalOf.get(virtual);
      if (this.#firstClobber(next, this.#live.nextCall) !== NEVER) return true;
      virtual = this.#hints.becomes.get(virtual);
    }
    return false;
  }

  /**
   * Among registers free for all of the interval, the one that is free shortest, since the others suit longer lives; of equal ones
   * one that the next call does not want for an argument.
   */
  #tightest(interval: number, isHeadedForCall: boolean): number {
    const end = this.#table.end(interval);
    const wanted = this.#argumentsSoon(interval);
    let best = NONE;
    for (const register of PREFERENCE) {
      const free = this.#freeUntil.get(register);
      if (isHeadedForCall && free === NEVER) return register;
      if (free < end) continue;
      const bestFree = best === NONE ? NEVER : this.#freeUntil.get(best);
      const isBetter = free === bestFree && isArgument(best, wanted) && !isArgument(register, wanted);
      if (best === NONE || free < bestFree || isBetter) best = register;
    }
    return best;
  }

  /** How many arguments the next call after the interval's start takes. */
  #argumentsSoon(interval: number): number {
    const call = this.#live.nextCall.get(Math.floor(this.#table.start(interval) / STEP));
    return call === NEVER ? 0 : this.#live.argumentCount.get(Math.floor(call / STEP));
  }

  #longestFree(): number {
    let best = item(PREFERENCE, 0);
    for (const register of PREFERENCE) if (this.#freeUntil.get(register) > this.#freeUntil.get(best)) best = register;
    return best;
  }

  /**
   * An interval that must cross a call and finds no register that survives it: if one of those holds a value that is needed later
   * than this one is after the call, it changes hands now instead of at the call, which saves a move.
   */
  #worthSaving(interval: number, position: number, cut: number, isWhole: boolean): number {
    const needed = this.#nextNeed(interval, cut + CLOBBER);
    this.#findNeeds(interval, position, isWhole);
    let best = NONE;
    for (let register = FIRST_SAVED; register < REGISTERS; register++) {
      const at = this.#neededAt.get(register);
      if (at > needed && (best === NONE || at > this.#neededAt.get(best))) best = register;
    }
    return best;
  }

  #takeFromAnother(interval: number, position: number, isWhole: boolean): void {
    this.#findNeeds(interval, position, isWhole);
    const lostAt = (register: number): number => {
      if (register >= FIRST_SAVED) return NEVER;
      return this.#firstClobber(interval, register === 0 ? this.#live.nextResultClobber : this.#live.nextCall);
    };
    let best = NONE;
    for (const register of PREFERENCE) {
      if (boundaryBefore(lostAt(register)) <= position) continue;
      if (best === NONE || this.#neededAt.get(register) > this.#neededAt.get(best)) best = register;
    }
    const needed = this.#nextNeed(interval, position);
    if (this.#table.nextRegisterUse(interval, position) > position) {
      if (best === NONE || this.#neededAt.get(best) <= needed) {
        this.#toMemory(interval);
        return;
      }
    }
    if (best === NONE || this.#neededAt.get(best) === AT_ONCE) {
      throw new Error(`Broken invariant: no register for v${this.#table.registerOf(interval)} at ${position}.`);
    }
    const lost = lostAt(best);
    this.#evict(best, interval, position, isWhole);
    if (lost < this.#table.end(interval)) this.#splitOff(interval, this.#splitPosition(position, boundaryBefore(lost)));
    this.#assign(interval, best);
  }

  #findNeeds(interval: number, position: number, isWhole: boolean): void {
    for (let register = 0; register < REGISTERS; register++) {
      const active = this.#active.get(register);
      let needed = active === NONE ? NEVER : this.#nextNeed(active, position);
      if (!isWhole) {
        for (const other of item(this.#inactive, register).before(this.#table.end(interval))) {
          if (needed <= position) break;
          if (this.#table.intersection(other, interval, position) === NEVER) continue;
          needed = Math.min(needed, this.#nextNeed(other, position));
        }
      }
      this.#neededAt.set(register, needed);
    }
  }

  /** When an interval's value is read next, as far as that speaks for keeping it in a register. */
  #nextNeed(interval: number, position: number): number {
    const use = this.#table.nextNeed(interval, position);
    if (use === AT_ONCE) return AT_ONCE;
    const repeated = this.#needInNextRound(interval, position);
    const needed = Math.min(use, repeated);
    return needed !== NEVER && this.#isConstant(this.#table.registerOf(interval)) ? needed + REMADE_LATER : needed;
  }

  /** In a loop, what was read before `position` is read again in the next round: that counts as a use at the loop's end. */
  #needInNextRound(interval: number, position: number): number {
    const block = this.#live.blockAt.get(Math.floor(position / STEP));
    const header = this.#loops.first.get(block);
    if (header === NONE) return NEVER;
    const loopEnd = this.#live.blockStart.get(this.#loops.last.get(block) + 1);
    if (this.#table.end(interval) < loopEnd) return NEVER;
    const loopStart = this.#live.blockStart.get(header);
    const virtual = this.#table.registerOf(interval);
    for (let part = this.#live.intervalOf.get(virtual); part !== NONE; part = this.#table.nextPart(part)) {
      if (this.#table.nextUse(part, loopStart + 1) < position) return loopEnd;
    }
    return NEVER;
  }

  /** Takes the register from everybody who has it while the interval is live. */
  #evict(register: number, interval: number, position: number, isWhole: boolean): void {
    if (!isWhole) {
      const sleepers = item(this.#inactive, register);
      for (const other of [...sleepers.before(this.#table.end(interval))]) {
        if (this.#table.intersection(other, interval, position) === NEVER) continue;
        sleepers.remove(other);
        this.#queue.push(this.#table.split(other, position));
      }
    }
    const active = this.#active.get(register);
    if (active === NONE) return;
    this.#active.set(register, NONE);
    if (this.#table.start(active) < position) {
      this.#toMemory(this.#table.split(active, position));
    } else {
      this.#table.setLocation(active, UNASSIGNED);
      this.#toMemory(active);
    }
  }

  /** From its start on the value is in memory, until just before an instruction that needs it in a register. */
  #toMemory(interval: number): void {
    const start = this.#table.start(interval);
    const use = this.#table.nextRegisterUse(interval, start);
    if (use === start)
      throw new Error(`Broken invariant: v${this.#table.registerOf(interval)} needs a register at ${use}.`);
    if (use !== NEVER) this.#splitOff(interval, this.#splitPosition(start, use));
    this.#table.setLocation(interval, IN_MEMORY);
  }

  #splitOff(interval: number, position: number): void {
    this.#queue.push(this.#table.split(interval, position));
  }

  /** Where to split in (low, high]: as late as possible, but outside of loops that contain only `high`. */
  #splitPosition(low: number, high: number): number {
    const highBlock = this.#live.blockAt.get(high / STEP);
    const lowBlock = this.#live.blockAt.get(Math.floor(low / STEP));
    let best = high;
    let depth = item(this.#flow.blocks, highBlock).loopDepth;
    for (let block = highBlock; block > lowBlock && depth > 0; block--) {
      const here = item(this.#flow.blocks, block - 1).loopDepth;
      if (here >= depth || this.#flow.cold[block - 1] !== this.#flow.cold[highBlock]) continue;
      depth = here;
      best = this.#live.blockStart.get(block) - STEP;
    }
    return best > low ? best : high;
  }

  #assign(interval: number, register: number): void {
    this.#table.setLocation(interval, register);
    this.#active.set(register, interval);
    this.#webRegister.set(this.#hints.web.get(this.#table.registerOf(interval)), register);
  }
}

function isArgument(register: number, count: number): boolean {
  return register >= 1 && register <= count;
}

/** The last place between instructions at or before `position`. */
function boundaryBefore(position: number): number {
  return position - (position % STEP);
}
