/**
 * Room for the values of a map: one memory, one slot an element and CPU, as far apart as in the kernel.
 *
 * ```
 * element 0         element 1
 * | cpu 0 | cpu 1 | | cpu 0 | cpu 1 | …       each slot rounded up to 8 bytes
 * ```
 */
import type { AnyLayout } from "../../language/layout.ts";
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import { copyBytes } from "../../language/vector.ts";

/** Which CPU runs: a per-CPU map looks at it at every access. */
export interface CpuNumber {
  readonly cpu: number;
  readonly cpus: number;
}

export class ElementStore {
  readonly layout: AnyLayout;
  readonly memory: Memory;
  readonly #machine: CpuNumber;
  /** Slots an element: 1, or one a CPU. */
  readonly #lanes: number;
  readonly #stride: number;

  constructor(layout: AnyLayout, elements: number, isPerCpu: boolean, machine: CpuNumber) {
    this.layout = layout;
    this.#machine = machine;
    this.#lanes = isPerCpu ? machine.cpus : 1;
    this.#stride = (layout.size + 7) & ~7;
    this.memory = Memory.zeroed(elements * this.#lanes * this.#stride);
  }

  get isPerCpu(): boolean {
    return this.#lanes > 1;
  }

  /** The element's value, of this CPU. */
  reference(element: number): AnyRef {
    return this.layout.reference(this.memory, this.#at(element));
  }

  /** The element's value of a given CPU. */
  referenceOf(element: number, cpu: number): AnyRef {
    return this.layout.reference(this.memory, (element * this.#lanes + (this.#lanes === 1 ? 0 : cpu)) * this.#stride);
  }

  /** Copies a value into this CPU's slot. */
  store(element: number, value: AnyRef): void {
    copyBytes(this.memory, this.#at(element), value.$memory, value.$at, this.layout.size);
  }

  /** Copies a value into the slots of all CPUs: what an update from user space does. */
  storeAll(element: number, value: AnyRef): void {
    for (let lane = 0; lane < this.#lanes; lane++) {
      const at = (element * this.#lanes + lane) * this.#stride;
      copyBytes(this.memory, at, value.$memory, value.$at, this.layout.size);
    }
  }

  /** Copies a value into this CPU's slot and zeroes those of the others: what a new per-CPU element gets. */
  initialise(element: number, value: AnyRef): void {
    if (this.#lanes > 1) {
      const start = element * this.#lanes * this.#stride;
      this.memory.bytes.fill(0, start, start + this.#lanes * this.#stride);
    }
    this.store(element, value);
  }

  #at(element: number): number {
    if (this.#lanes === 1) return element * this.#stride;
    return (element * this.#lanes + this.#machine.cpu) * this.#stride;
  }
}
