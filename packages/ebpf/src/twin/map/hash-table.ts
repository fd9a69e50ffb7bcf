/**
 * hash, percpuHash, lruHash, lruPercpuHash: a key index, values, and for the forgetful ones an order of use.
 *
 * As in the kernel, replacing a value puts it into a spare element and exchanges the two: a reference that was looked
 * up before still shows the old value. Per-CPU values are replaced where they are.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { AnyRef } from "../../language/reference.ts";
import { E2BIG, EINVAL, ENOENT } from "../errno.ts";
import { type CpuNumber, ElementStore } from "./element-store.ts";
import { areUpdateFlags, checkPresence } from "./flags.ts";
import { KeyIndex } from "./key-index.ts";
import type { Layouts, SearchableTable } from "./searchable-table.ts";
import { UseOrder } from "./use-order.ts";

export class HashTable implements SearchableTable {
  readonly capacity: number;
  readonly values: ElementStore;
  readonly #layouts: Layouts;
  readonly #machine: CpuNumber;
  readonly #index: KeyIndex;
  /** `null` for tables that do not forget. */
  readonly #order: UseOrder | null;
  /** The spare element of each CPU; none for per-CPU values. */
  readonly #spares: Int32Array;

  constructor(map: MapDeclaration, layouts: Layouts, machine: CpuNumber) {
    const isLru = map.kind === "lruHash" || map.kind === "lruPercpuHash";
    const isPerCpu = map.kind === "percpuHash" || map.kind === "lruPercpuHash";
    const spares = isPerCpu ? 0 : machine.cpus;
    const elements = map.maxEntries + spares;
    this.capacity = map.maxEntries;
    this.#layouts = layouts;
    this.#machine = machine;
    this.#index = new KeyIndex(layouts.key.size, map.maxEntries, spares);
    this.values = new ElementStore(layouts.value, elements, isPerCpu, machine);
    this.#order = isLru ? new UseOrder(elements) : null;
    this.#spares = Int32Array.from({ length: spares }, (_, cpu) => map.maxEntries + cpu);
  }

  get size(): number {
    return this.#index.size;
  }

  lookup(key: AnyRef): AnyRef | null {
    const element = this.#index.find(key);
    if (element < 0) return null;
    if (this.#order !== null) this.#order.touch(element);
    return this.values.reference(element);
  }

  update(key: AnyRef, value: AnyRef, flags: number): number {
    if (!areUpdateFlags(flags)) return EINVAL;
    const hash = this.#index.hash(key);
    const found = this.#index.findHashed(key, hash);
    const error = checkPresence(flags, found >= 0);
    if (error !== 0) return error;
    if (found >= 0) {
      this.#replace(found, value);
      return 0;
    }
    const element = this.#insert(key, hash);
    if (element < 0) return E2BIG;
    this.values.initialise(element, value);
    return 0;
  }

  delete(key: AnyRef): number {
    const element = this.#index.find(key);
    if (element < 0) return ENOENT;
    this.#remove(element);
    return 0;
  }

  visit(visitor: (key: AnyRef, value: AnyRef) => number): number {
    let visits = 0;
    for (const [key, element] of this.elements()) {
      visits++;
      if (visitor(key, this.values.reference(element)) !== 0) break;
    }
    return visits;
  }

  find(key: AnyRef): number {
    return this.#index.find(key);
  }

  *elements(): Generator<readonly [AnyRef, number]> {
    for (const element of this.#index.elements()) {
      const { memory, at } = this.#index.keyAt(element);
      yield [this.#layouts.key.reference(memory, at), element];
    }
  }

  #insert(key: AnyRef, hash: number): number {
    let element = this.#index.insert(key, hash);
    if (this.#order === null) return element;
    if (element < 0) {
      this.#remove(this.#order.oldest);
      element = this.#index.insert(key, hash);
    }
    this.#order.add(element);
    return element;
  }

  #replace(element: number, value: AnyRef): void {
    const { cpu } = this.#machine;
    const spare = this.#spares[cpu];
    if (spare === undefined) {
      this.values.store(element, value);
      if (this.#order !== null) this.#order.touch(element);
      return;
    }
    this.values.store(spare, value);
    this.#index.exchange(element, spare);
    this.#spares[cpu] = element;
    if (this.#order === null) return;
    this.#order.remove(element);
    this.#order.add(spare);
  }

  #remove(element: number): void {
    if (this.#order !== null) this.#order.remove(element);
    this.#index.remove(element);
  }
}
