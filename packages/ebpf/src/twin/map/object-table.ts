/**
 * Objects by key: what maps of sockets and maps of maps hold.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { AnyRef } from "../../language/reference.ts";
import { E2BIG } from "../errno.ts";
import { KeyIndex } from "./key-index.ts";

export class ObjectTable<Held> {
  readonly capacity: number;
  /** `null` when the keys are the places themselves, 0..capacity-1. */
  readonly #index: KeyIndex | null;
  readonly #held: (Held | undefined)[] = [];

  constructor(map: MapDeclaration, isHash: boolean) {
    this.capacity = map.maxEntries;
    this.#index = isHash ? new KeyIndex(map.key?.size ?? 4, map.maxEntries, 0) : null;
  }

  get size(): number {
    return this.#index?.size ?? this.#held.filter((held) => held !== undefined).length;
  }

  get(key: AnyRef): Held | null {
    return this.#held[this.#place(key)] ?? null;
  }

  /** What user space does: 0, or -7 (E2BIG) for an index outside or a full hash. */
  set(key: AnyRef, value: Held): number {
    let place = this.#place(key);
    if (place < 0 && this.#index !== null) place = this.#index.insert(key, this.#index.hash(key));
    if (place < 0) return E2BIG;
    this.#held[place] = value;
    return 0;
  }

  /** True when there was one. */
  delete(key: AnyRef): boolean {
    const place = this.#place(key);
    if (this.#held[place] === undefined) return false;
    this.#held[place] = undefined;
    this.#index?.remove(place);
    return true;
  }

  #place(key: AnyRef): number {
    if (this.#index !== null) return this.#index.find(key);
    const place = key.$memory.view.getUint32(key.$at, true);
    return place < this.capacity ? place : -1;
  }
}
