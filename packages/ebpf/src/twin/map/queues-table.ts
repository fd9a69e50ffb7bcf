/**
 * queue and stack: values in a ring, taken from the old end or from the new one.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { BPF_EXIST } from "../../language/map/flag.ts";
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import type { QueueTable } from "../../language/runtime.ts";
import { copyBytes } from "../../language/vector.ts";
import { E2BIG, EINVAL, ENOENT } from "../errno.ts";

export class QueuesTable implements QueueTable {
  readonly capacity: number;
  readonly #takesNewest: boolean;
  readonly #bytes: number;
  readonly #values: Memory;
  /** Slot of the oldest value. */
  #oldest = 0;
  #size = 0;

  constructor(map: MapDeclaration) {
    this.capacity = map.maxEntries;
    this.#takesNewest = map.kind === "stack";
    this.#bytes = map.value?.size ?? 0;
    this.#values = Memory.zeroed(map.maxEntries * this.#bytes);
  }

  get size(): number {
    return this.#size;
  }

  push(value: AnyRef, flags: number): number {
    if (flags !== 0 && flags !== BPF_EXIST) return EINVAL;
    if (this.#size === this.capacity) {
      if (flags !== BPF_EXIST) return E2BIG;
      this.#oldest = (this.#oldest + 1) % this.capacity;
      this.#size--;
    }
    copyBytes(this.#values, this.#slot(this.#size), value.$memory, value.$at, this.#bytes);
    this.#size++;
    return 0;
  }

  pop(into: AnyRef): number {
    const error = this.peek(into);
    if (error !== 0) return error;
    if (!this.#takesNewest) this.#oldest = (this.#oldest + 1) % this.capacity;
    this.#size--;
    return 0;
  }

  peek(into: AnyRef): number {
    if (this.#size === 0) {
      into.$memory.bytes.fill(0, into.$at, into.$at + this.#bytes);
      return ENOENT;
    }
    const age = this.#takesNewest ? this.#size - 1 : 0;
    copyBytes(into.$memory, into.$at, this.#values, this.#slot(age), this.#bytes);
    return 0;
  }

  /** Where the value that came `age` places after the oldest one lies. */
  #slot(age: number): number {
    return ((this.#oldest + age) % this.capacity) * this.#bytes;
  }
}
