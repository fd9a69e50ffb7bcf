/**
 * From keys to element numbers: chains on typed arrays, keys as bytes.
 *
 * ```
 * buckets   [ 0 | 3 | 0 | 1 | … ]      number of the first element plus one; 0: none
 * links     [ - | 0 | 0 | 2 | … ]      the next element of the chain, or of the free list, plus one
 * hashes    [ hash of each element ]   compared before the key is
 * keys      bytes, one slot an element
 * ```
 *
 * Nothing is allocated after construction, and memory that was never used is never touched: a table of a million
 * elements costs what it holds.
 */
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import { copyBytes, equalBytes } from "../../language/vector.ts";

export class KeyIndex {
  /** Elements that have a key now. */
  size = 0;
  readonly capacity: number;
  readonly #mask: number;
  readonly #buckets: Int32Array;
  readonly #links: Int32Array;
  readonly #hashes: Int32Array;
  readonly #keys: Memory;
  readonly #keySize: number;
  /** First of the elements that were given back, plus one. */
  #free = 0;
  /** Elements that were never used begin here. */
  #fresh = 0;

  /**
   * @param capacity elements that `insert` gives out, 0..capacity-1
   * @param spares further elements, which only `exchange` brings in
   */
  constructor(keySize: number, capacity: number, spares: number) {
    const buckets = 2 ** Math.ceil(Math.log2(capacity));
    this.capacity = capacity;
    this.#keySize = keySize;
    this.#mask = buckets - 1;
    this.#buckets = new Int32Array(buckets);
    this.#links = new Int32Array(capacity + spares);
    this.#hashes = new Int32Array(capacity + spares);
    this.#keys = Memory.zeroed((capacity + spares) * keySize);
  }

  /** The element with this key, or -1. */
  find(key: AnyRef): number {
    return this.findHashed(key, this.hash(key));
  }

  /** As `find`, with the key's hash. */
  findHashed(key: AnyRef, hash: number): number {
    const hashes = this.#hashes;
    const links = this.#links;
    let element = (this.#buckets[hash & this.#mask] ?? 0) - 1;
    while (element >= 0) {
      if (hashes[element] === hash && this.#hasKey(element, key)) return element;
      element = (links[element] ?? 0) - 1;
    }
    return -1;
  }

  hash(key: AnyRef): number {
    return hashBytes(key.$memory.view, key.$at, this.#keySize);
  }

  /** Gives an element to a key that has none; -1 when all are taken. */
  insert(key: AnyRef, hash: number): number {
    const element = this.#allocate();
    if (element < 0) return -1;
    copyBytes(this.#keys, element * this.#keySize, key.$memory, key.$at, this.#keySize);
    this.#link(element, hash);
    this.size++;
    return element;
  }

  /** Puts a spare element into the place of another one, which becomes the spare. */
  exchange(element: number, spare: number): void {
    copyBytes(this.#keys, spare * this.#keySize, this.#keys, element * this.#keySize, this.#keySize);
    this.#unlink(element);
    this.#link(spare, this.#hashes[element] ?? 0);
  }

  remove(element: number): void {
    this.#unlink(element);
    this.#links[element] = this.#free;
    this.#free = element + 1;
    this.size--;
  }

  /** Where an element's key lies. */
  keyAt(element: number): { readonly memory: Memory; readonly at: number } {
    return { memory: this.#keys, at: element * this.#keySize };
  }

  /** All elements. Each chain is read before it is given out, so elements may be removed meanwhile. */
  *elements(): Generator<number> {
    for (const first of this.#buckets) {
      if (first === 0) continue;
      const chain: number[] = [];
      for (let link = first; link !== 0; link = this.#links[link - 1] ?? 0) chain.push(link - 1);
      yield* chain;
    }
  }

  #hasKey(element: number, key: AnyRef): boolean {
    return equalBytes(this.#keys, element * this.#keySize, key.$memory, key.$at, this.#keySize);
  }

  #allocate(): number {
    if (this.#free !== 0) {
      const element = this.#free - 1;
      this.#free = this.#links[element] ?? 0;
      return element;
    }
    return this.#fresh < this.capacity ? this.#fresh++ : -1;
  }

  #link(element: number, hash: number): void {
    const bucket = hash & this.#mask;
    this.#hashes[element] = hash;
    this.#links[element] = this.#buckets[bucket] ?? 0;
    this.#buckets[bucket] = element + 1;
  }

  #unlink(element: number): void {
    const bucket = (this.#hashes[element] ?? 0) & this.#mask;
    const next = this.#links[element] ?? 0;
    let link = this.#buckets[bucket] ?? 0;
    if (link === element + 1) {
      this.#buckets[bucket] = next;
      return;
    }
    while (link !== 0) {
      const following = this.#links[link - 1] ?? 0;
      if (following === element + 1) {
        this.#links[link - 1] = next;
        return;
      }
      link = following;
    }
  }
}

/**
 * The hash of a key's bytes: a multiply-and-shift round a word, then a finaliser that spreads the high bits down to those
 * that choose a bucket. The kernel seeds its own at random, so no order of elements may be relied on anyway.
 */
function hashBytes(view: DataView, at: number, size: number): number {
  let hash = size;
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(at + i, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < size; i++) hash = Math.imul(hash ^ view.getUint8(at + i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
