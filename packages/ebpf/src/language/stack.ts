/**
 * The stack of packet programs: where `Layout.make` puts its instances.
 *
 * The kernel's stack is 512 bytes a call chain and the compiler counts them; here the memory only has to be zeroed and
 * cheap. It is a bump arena that a run resets. One that is full is left to its references and a fresh one is begun, so
 * no reference is ever overwritten within a run, however often a loop comes by.
 */
import { Memory } from "./memory.ts";

const CHUNK = 16 * 1024;
const FEW = 64;

export class Stack {
  /** The memory into which the last `take` points. */
  memory: Memory = Memory.zeroed(CHUNK);
  #top = 0;

  /** Reserves zeroed, 8-byte aligned bytes in `memory` and returns their offset. */
  take(size: number): number {
    const at = this.#top;
    const top = at + ((size + 7) & ~7);
    if (top <= this.memory.bytes.length) {
      this.#top = top;
      return at;
    }
    this.memory = Memory.zeroed(Math.max(CHUNK, (size + 7) & ~7));
    this.#top = (size + 7) & ~7;
    return 0;
  }

  /** Ends a run: what was taken is zeroed and will be taken again. */
  reset(): void {
    // A loop, because the few words that most runs take are zeroed before a call of `fill` has begun.
    const { bytes, wide } = this.memory;
    const words = this.#top >>> 3;
    if (words <= FEW && words <= wide.length) for (let i = 0; i < words; i++) wide[i] = 0n;
    else bytes.fill(0, 0, this.#top);
    this.#top = 0;
  }
}
