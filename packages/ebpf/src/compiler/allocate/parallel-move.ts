/**
 * Orders moves that happen at the same time, so that none overwrites what another still has to read.
 *
 * Stack slots are locations like registers. A chain is moved from its end; a cycle is opened by bringing one value to a place
 * that nobody uses. Values made on the spot depend on nothing and come last.
 *
 *     r1 <- r2, r2 <- r3            r1 = r2; r2 = r3
 *     r1 <- r2, r2 <- r1            r0 = r1; r1 = r2; r2 = r0           with r0 free
 */
import { type AllocatedInstruction, FRAME_POINTER, type PhysicalRegister } from "./allocated.ts";
import { immediateField } from "./immediate.ts";
import { isRegister, type Location, type Move, type MoveSource } from "./location.ts";

export interface Spare {
  /** Registers that nobody but the moves themselves may need: bit n for register n. */
  readonly registers: () => number;
  /** The offset of a stack slot that nobody uses: 0 opens cycles, 1 saves a register for a moment. */
  readonly slot: (purpose: 0 | 1) => number;
}

/** @param moves no two with the same `dst` */
export function orderMoves(moves: readonly Move[], spare: Spare): readonly AllocatedInstruction[] {
  const mover = new ParallelMove(moves, spare);
  mover.run();
  return mover.out;
}

interface Pending {
  readonly dst: Location;
  src: Location;
}

class ParallelMove {
  readonly out: AllocatedInstruction[] = [];
  readonly #spare: Spare;
  /** Registers that the moves read or write. */
  #taken = 0;
  #pending: Pending[] = [];
  readonly #made: Move[] = [];

  constructor(moves: readonly Move[], spare: Spare) {
    this.#spare = spare;
    for (const { dst, src } of moves) {
      this.#take(dst);
      this.#take(src);
      if (typeof src !== "number") this.#made.push({ dst, src });
      else if (src !== dst) this.#pending.push({ dst, src });
    }
  }

  run(): void {
    while (this.#pending.length > 0) {
      const next = this.#pending.find((move) => !this.#isRead(move.dst));
      if (next === undefined) {
        this.#openCycle();
      } else {
        this.#pending = this.#pending.filter((move) => move !== next);
        this.#transfer(next.dst, next.src);
      }
    }
    // Stack slots first: what they need on the way may be a register that still gets its own value after.
    for (const { dst, src } of this.#made) if (!isRegister(dst)) this.#makeOnStack(dst, src);
    for (const { dst, src } of this.#made) if (isRegister(dst)) this.#make(dst, src);
  }

  #take(location: MoveSource): void {
    if (typeof location === "number" && isRegister(location)) this.#taken |= 1 << location;
  }

  #isRead(location: Location): boolean {
    return this.#pending.some((move) => move.src === location);
  }

  /** Every pending move is part of a cycle now. One value steps aside, which frees its place. */
  #openCycle(): void {
    const inRegister = this.#pending.find((move) => isRegister(move.src));
    const from = (inRegister ?? this.#pending[0])?.src ?? 0;
    const free = this.#freeRegister();
    const aside = free ?? this.#spare.slot(0);
    this.#transfer(aside, from);
    for (const move of this.#pending) if (move.src === from) move.src = aside;
  }

  #transfer(dst: Location, src: Location): void {
    if (isRegister(dst) && isRegister(src)) this.out.push({ op: "copy", dst, src, ...moved });
    else if (isRegister(dst)) this.#load(dst, src);
    else if (isRegister(src)) this.#store(dst, src);
    else {
      this.#through((register) => {
        this.#load(register, src);
        this.#store(dst, register);
      });
    }
  }

  #makeOnStack(dst: Location, src: MoveSource): void {
    const field = typeof src !== "number" && src.kind === "immediate" ? immediateField(src.value, 64) : null;
    if (field !== null) {
      this.out.push({
        op: "store",
        size: 8,
        base: FRAME_POINTER,
        offset: dst,
        src: { kind: "immediate", value: field },
        ...moved,
      });
      return;
    }
    this.#through((register) => {
      this.#make(register, src);
      this.#store(dst, register);
    });
  }

  #make(dst: PhysicalRegister, src: MoveSource): void {
    if (typeof src === "number") this.#transfer(dst, src);
    else if (src.kind === "frameAddress") this.out.push({ op: "frameAddress", dst, offset: src.offset, ...moved });
    else this.out.push({ op: "constant", dst, value: src, ...moved });
  }

  /** Runs `use` with a register it may overwrite; without a free one, r0 is saved around it. */
  #through(use: (register: PhysicalRegister) => void): void {
    const free = this.#freeRegister();
    if (free !== undefined) {
      use(free);
      return;
    }
    const saved = this.#spare.slot(1);
    this.#store(saved, 0);
    use(0);
    this.#load(0, saved);
  }

  /** A register that nobody needs, or that a later move will fill and nobody reads before. */
  #freeRegister(): PhysicalRegister | undefined {
    const free = this.#spare.registers() & ~this.#taken;
    for (let register = 0; register < 10; register++) {
      if ((free & (1 << register)) !== 0 && !this.#isRead(register)) return register;
    }
    for (const { dst } of [...this.#pending, ...this.#made]) if (isRegister(dst) && !this.#isRead(dst)) return dst;
    return undefined;
  }

  #load(dst: PhysicalRegister, offset: number): void {
    this.out.push({ op: "load", size: 8, dst, base: FRAME_POINTER, offset, ...moved });
  }

  #store(offset: number, register: PhysicalRegister): void {
    this.out.push({ op: "store", size: 8, base: FRAME_POINTER, offset, src: { kind: "register", register }, ...moved });
  }
}

const moved = { at: null, origin: null } as const;
