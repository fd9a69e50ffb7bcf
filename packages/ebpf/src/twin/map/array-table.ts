/**
 * array and percpuArray: all elements are there from the beginning and stay.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { BPF_NOEXIST } from "../../language/map/flag.ts";
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import { E2BIG, EEXIST, EINVAL } from "../errno.ts";
import { type CpuNumber, ElementStore } from "./element-store.ts";
import { areUpdateFlags } from "./flags.ts";
import type { Layouts, SearchableTable } from "./searchable-table.ts";

export class ArrayTable implements SearchableTable {
  readonly capacity: number;
  readonly values: ElementStore;
  readonly #layouts: Layouts;

  constructor(map: MapDeclaration, layouts: Layouts, machine: CpuNumber) {
    this.#layouts = layouts;
    this.capacity = map.maxEntries;
    this.values = new ElementStore(layouts.value, map.maxEntries, map.kind === "percpuArray", machine);
  }

  get size(): number {
    return this.capacity;
  }

  lookup(key: AnyRef): AnyRef | null {
    const index = indexOf(key);
    return index < this.capacity ? this.values.reference(index) : null;
  }

  update(key: AnyRef, value: AnyRef, flags: number): number {
    if (!areUpdateFlags(flags)) return EINVAL;
    const index = indexOf(key);
    if (index >= this.capacity) return E2BIG;
    if (flags === BPF_NOEXIST) return EEXIST;
    this.values.store(index, value);
    return 0;
  }

  delete(): number {
    return EINVAL;
  }

  visit(visitor: (key: AnyRef, value: AnyRef) => number): number {
    const place = Memory.zeroed(8);
    const key = this.#layouts.key.reference(place, 0);
    for (let index = 0; index < this.capacity; index++) {
      place.view.setUint32(0, index, true);
      if (visitor(key, this.values.reference(index)) !== 0) return index + 1;
    }
    return this.capacity;
  }

  find(key: AnyRef): number {
    const index = indexOf(key);
    return index < this.capacity ? index : -1;
  }

  *elements(): Generator<readonly [AnyRef, number]> {
    for (let index = 0; index < this.capacity; index++) {
      const place = Memory.zeroed(8);
      place.view.setUint32(0, index, true);
      yield [this.#layouts.key.reference(place, 0), index];
    }
  }
}

function indexOf(key: AnyRef): number {
  return key.$memory.view.getUint32(key.$at, true);
}
