/**
 * Tables from outside: what user space sees and does, for tests, tools and simulations.
 */
import type { AnyLayout } from "../language/layout.ts";
import type { MapDeclaration } from "../language/map/declaration.ts";
import { type KeyedMap, keyedLike } from "../language/map/keyed.ts";
import type { MapOfMaps } from "../language/map/map-of-maps.ts";
import type { QueueMap } from "../language/map/queue.ts";
import type { RingBuffer } from "../language/map/ring-buffer.ts";
import type { SockHash, SockMap } from "../language/map/socket.ts";
import type { AnyRef, KeyKind, Ref, RefOf } from "../language/reference.ts";
import { type Given, given } from "./given.ts";
import type { TwinMachine } from "./machine.ts";
import type { InnerMapsTable } from "./map/inner-maps-table.ts";
import type { QueuesTable } from "./map/queues-table.ts";
import type { RecordsTable } from "./map/records-table.ts";
import type { SearchableTable } from "./map/searchable-table.ts";
import type { TwinSocket } from "./map/sockets-table.ts";

/** A map reached by key. Errors are negative errno numbers, as of the system call. */
export class KeyedView<K extends KeyKind, V extends KeyKind> {
  readonly #map: KeyedMap<K, V>;
  readonly #table: SearchableTable;

  constructor(map: KeyedMap<K, V>, machine: TwinMachine) {
    this.#map = map;
    this.#table = machine.openKeyed(map);
  }

  /** Elements that are there; an array's are always. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * The value under exactly this key, or `null`; a trie's too, which finds the longest prefix for programs only. It is
   * the value itself, not a copy.
   *
   * @param cpu of a per-CPU map: whose value, default 0
   */
  get(key: Given<K>, cpu = 0): RefOf<V> | null {
    const element = this.#table.find(given(this.#map.key, key));
    return element < 0 ? null : this.#typed<RefOf<V>>(this.#table.values.referenceOf(element, cpu));
  }

  /** Stores a value, of a per-CPU map for all CPUs. 0 or a negative errno. */
  set(key: Given<K>, value: Given<V>, flags = 0): number {
    const keyRef = given(this.#map.key, key);
    const valueRef = given(this.#map.value, value);
    const error = this.#table.update(keyRef, valueRef, flags);
    if (error === 0) this.#table.values.storeAll(this.#table.find(keyRef), valueRef);
    return error;
  }

  /** 0 or a negative errno. */
  delete(key: Given<K>): number {
    return this.#table.delete(given(this.#map.key, key));
  }

  /** Keys and values (of CPU 0) in no particular order. Elements may be deleted meanwhile. */
  *entries(): Generator<readonly [key: RefOf<K>, value: RefOf<V>]> {
    for (const [key, element] of this.#table.elements()) {
      yield [this.#typed<RefOf<K>>(key), this.#typed<RefOf<V>>(this.#table.values.referenceOf(element, 0))];
    }
  }

  /** The table holds only keys and values of the declared layouts. */
  #typed<R>(reference: AnyRef): R {
    return reference as R;
  }
}

/** A queue or stack. */
export class QueueView<L extends AnyLayout> {
  readonly #map: QueueMap<L>;
  readonly #table: QueuesTable;

  constructor(map: QueueMap<L>, machine: TwinMachine) {
    this.#map = map;
    this.#table = machine.openQueue(map);
  }

  get size(): number {
    return this.#table.size;
  }

  /** 0 or a negative errno. */
  push(value: Given<L>, flags = 0): number {
    return this.#table.push(given(this.#map.value, value), flags);
  }

  /** Takes the next value; `null` when there is none. */
  pop(): Ref<L> | null {
    const into = given(this.#map.value, {});
    return this.#table.pop(into) === 0 ? (into as Ref<L>) : null;
  }
}

/** A ring buffer, at the end where records come out. */
export class RecordsView<L extends AnyLayout> {
  readonly #table: RecordsTable;

  constructor(map: RingBuffer<L>, machine: TwinMachine) {
    this.#table = machine.openRing(map);
  }

  /** Records that wait. */
  get size(): number {
    return this.#table.size;
  }

  /** Takes the oldest record and frees its room; `null` when none waits. */
  take(): Ref<L> | null {
    return this.#table.take() as Ref<L> | null;
  }
}

/** A map of sockets. */
export class SocketsView<K extends KeyKind> {
  readonly #map: SockMap | SockHash;
  readonly #machine: TwinMachine;

  constructor(map: SockMap | SockHash, machine: TwinMachine) {
    this.#map = map;
    this.#machine = machine;
  }

  get(key: Given<K>): TwinSocket | null {
    return this.#machine.openSockets(this.#map).sockets.get(given(this.#map.key, key));
  }

  /** 0, or -7 (E2BIG) for an index outside or a full hash. */
  set(key: Given<K>, socket: TwinSocket): number {
    return this.#machine.openSockets(this.#map).sockets.set(given(this.#map.key, key), socket);
  }

  /** 0 or a negative errno. */
  delete(key: Given<K>): number {
    return this.#machine.openSockets(this.#map).delete(given(this.#map.key, key));
  }
}

/** A map of maps. */
export class InnerMapsView<K extends KeyKind, Inner extends MapDeclaration> {
  readonly #map: MapOfMaps<K, Inner>;
  readonly #table: InnerMapsTable;

  constructor(map: MapOfMaps<K, Inner>, machine: TwinMachine) {
    this.#map = map;
    this.#table = machine.openOuter(map);
  }

  /** Makes an inner map after the declared pattern: empty, and in no outer map yet. */
  create(): Inner {
    // keyedLike keeps the pattern's kind and layouts, and those are all that its type says.
    return keyedLike(this.#map.inner) as Inner;
  }

  get(key: Given<K>): Inner | null {
    return this.#table.maps.get(given(this.#map.key, key)) as Inner | null;
  }

  /** 0, or -7 (E2BIG) for an index outside or a full hash. */
  set(key: Given<K>, inner: Inner): number {
    return this.#table.maps.set(given(this.#map.key, key), inner);
  }

  /** True when there was one. */
  delete(key: Given<K>): boolean {
    return this.#table.maps.delete(given(this.#map.key, key));
  }
}
