/**
 * What the registers and the stack frame hold at a place of the allocated code, as sets of value names.
 *
 * A location may hold several names, since a value and the phi that takes it are the same for a while. A slot of the machine code is
 * *valid* while nothing else has written to its bytes since it began.
 */
import { item } from "../machine/item.ts";
import type { ValueName } from "./value-names.ts";

/** Never changed once made, so that states share them. */
type Names = readonly ValueName[];
const NOTHING: Names = [];

/** Where registers end and words of the frame begin: the word at r10 - 8 is the first. */
const FIRST_WORD = 10;
const WORD_BYTES = 8;

export interface SlotPlace {
  readonly offset: number;
  readonly size: number;
}

export class LocationState {
  readonly #held: Names[];
  /** 1 for a valid slot. */
  readonly #valid: Uint8Array;
  readonly #slots: readonly SlotPlace[];

  private constructor(held: Names[], valid: Uint8Array, slots: readonly SlotPlace[]) {
    this.#held = held;
    this.#valid = valid;
    this.#slots = slots;
  }

  /** At a function's entry: nothing is held, every slot has its bytes. */
  static atEntry(slots: readonly SlotPlace[], frameSize: number): LocationState {
    const held = Array.from({ length: FIRST_WORD + frameSize / WORD_BYTES }, () => NOTHING);
    return new LocationState(held, new Uint8Array(slots.length).fill(1), slots);
  }

  copy(): LocationState {
    return new LocationState(this.#held.slice(), this.#valid.slice(), this.#slots);
  }

  register(register: number): Names {
    return item(this.#held, register);
  }

  setRegister(register: number, names: Names): void {
    this.#held[register] = names;
  }

  /** @param offset of a spilled value from r10 */
  word(offset: number): Names {
    return item(this.#held, wordAt(offset));
  }

  setWord(offset: number, names: Names): void {
    this.#held[wordAt(offset)] = names;
    this.#invalidate(offset, WORD_BYTES);
  }

  /** Bytes of the frame change: spilled values there are gone. */
  writeFrame(offset: number, size: number): void {
    // Words count downwards from r10, so the first byte is in the last of them.
    for (let word = wordAt(offset + size - 1); word <= wordAt(offset); word++) this.#held[word] = NOTHING;
  }

  startSlot(slot: number): void {
    const { offset, size } = item(this.#slots, slot);
    this.writeFrame(offset, size);
    this.#invalidate(offset, size);
    this.#valid[slot] = 1;
  }

  isValid(slot: number): boolean {
    return this.#valid[slot] === 1;
  }

  #invalidate(offset: number, size: number): void {
    this.#slots.forEach((slot, index) => {
      if (slot.offset < offset + size && offset < slot.offset + slot.size) this.#valid[index] = 0;
    });
  }

  /** Rewrites the names of every location. */
  rename(change: (names: Names) => Names): void {
    const held = this.#held;
    for (let place = 0; place < held.length; place++) {
      const names = item(held, place);
      if (names !== NOTHING) held[place] = change(names);
    }
  }

  /**
   * Keeps what both states hold.
   *
   * @returns whether this one lost something
   */
  meet(other: LocationState): boolean {
    let lost = false;
    for (let place = 0; place < this.#held.length; place++) {
      const names = item(this.#held, place);
      const common = intersect(names, item(other.#held, place));
      if (common === names) continue;
      this.#held[place] = common;
      lost = true;
    }
    for (let slot = 0; slot < this.#valid.length; slot++) {
      if (!this.isValid(slot) || other.isValid(slot)) continue;
      this.#valid[slot] = 0;
      lost = true;
    }
    return lost;
  }

  print(name: (value: ValueName) => string): string {
    const held = this.#held.flatMap((names, place) => {
      if (names.length === 0) return [];
      const where = place < FIRST_WORD ? `r${place}` : `[r10 - ${(place - FIRST_WORD + 1) * WORD_BYTES}]`;
      return [`${where}: ${names.map(name).join(" ")}`];
    });
    return held.join(", ");
  }
}

/** The word that the byte at this offset lies in. */
function wordAt(offset: number): number {
  return FIRST_WORD - 1 - Math.floor(offset / WORD_BYTES);
}

/** The same list if nothing is lost. */
function intersect(mine: Names, theirs: Names): Names {
  if (mine === theirs || mine.length === 0) return mine;
  const common = mine.filter((name) => theirs.includes(name));
  if (common.length === mine.length) return mine;
  return common.length === 0 ? NOTHING : common;
}
