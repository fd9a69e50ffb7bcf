/**
 * Maps that are reached by key: arrays, hashes and tries, and one-element cells.
 */
import { u32 } from "../integer.ts";
import type { AnyLayout } from "../layout.ts";
import { keyLayout } from "../layout.ts";
import type { AnyRef, ArgOf, Argument, KeyKind, Ref, RefOf } from "../reference.ts";
import { current } from "../runtime.ts";
import { type KeyArgument, keyArgument } from "./argument.ts";
import { declareMap, type MapDeclaration, type MapKind } from "./declaration.ts";
import { BPF_ANY } from "./flag.ts";

/** Kinds of maps that are reached by key and hold values. */
export type KeyedKind = "array" | "percpuArray" | "hash" | "lruHash" | "percpuHash" | "lruPercpuHash" | "lpmTrie";

/** Operations on a map that is reached by key. Integers are handed in as they are and come out as `.value`. */
export interface KeyedMap<K extends KeyKind = KeyKind, V extends KeyKind = KeyKind> extends MapDeclaration {
  readonly kind: KeyedKind;
  readonly key: AnyLayout;
  readonly value: AnyLayout;
  readonly isCell: false;
  /** The value under a key, or `null`. It is the value itself: what is stored through it stays. Per-CPU maps give this CPU's. */
  lookup(key: ArgOf<K>): RefOf<V> | null;
  /** 0, or -7 E2BIG (full, or outside an array), -17 EEXIST, -2 ENOENT, -22 EINVAL (flags), -28 ENOSPC (full trie). */
  update(key: ArgOf<K>, value: ArgOf<V>, flags?: number): number;
  /** 0, or -2 ENOENT; -22 EINVAL on arrays, whose elements are always there. */
  delete(key: ArgOf<K>): number;
  /** Visits all elements in no particular order until a callback returns 1; the number of visits. Not for tries. */
  forEach<State extends AnyRef>(visit: (key: RefOf<K>, value: RefOf<V>, state: State) => 0 | 1, state: State): number;
}

export interface KeyedOptions<K extends KeyKind, V extends KeyKind> {
  readonly key: K;
  readonly value: V;
  readonly maxEntries: number;
}

export interface HashOptions<K extends KeyKind, V extends KeyKind> extends KeyedOptions<K, V> {
  /** Default true. False allocates elements as they come: less memory, slower insertion. */
  readonly preallocate?: boolean;
}

/** Elements under 0..maxEntries-1, always there, zero at first. Programs call it as `array`. */
export function arrayMap<V extends KeyKind>(
  name: string,
  options: Omit<KeyedOptions<U32, V>, "key">,
): KeyedMap<U32, V> {
  return keyed(name, "array", { key: u32, ...options });
}

/** An array with one value for each CPU: counters without atomics. */
export function percpuArray<V extends KeyKind>(
  name: string,
  options: Omit<KeyedOptions<U32, V>, "key">,
): KeyedMap<U32, V> {
  return keyed(name, "percpuArray", { key: u32, ...options });
}

/** A hash table; one that is full refuses new keys with -7 (E2BIG). */
export function hash<K extends KeyKind, V extends KeyKind>(name: string, options: HashOptions<K, V>): KeyedMap<K, V> {
  return keyed(name, "hash", options);
}

/** A hash table that makes room by forgetting the least recently used element, approximately in the kernel. */
export function lruHash<K extends KeyKind, V extends KeyKind>(
  name: string,
  options: KeyedOptions<K, V>,
): KeyedMap<K, V> {
  return keyed(name, "lruHash", options);
}

/** A hash table with one value for each CPU. */
export function percpuHash<K extends KeyKind, V extends KeyKind>(
  name: string,
  options: HashOptions<K, V>,
): KeyedMap<K, V> {
  return keyed(name, "percpuHash", options);
}

export function lruPercpuHash<K extends KeyKind, V extends KeyKind>(
  name: string,
  options: KeyedOptions<K, V>,
): KeyedMap<K, V> {
  return keyed(name, "lruPercpuHash", options);
}

/**
 * Longest prefix match. The key's first field is a u32 with the prefix length in bits; the address bytes follow, most
 * significant first.
 */
export function lpmTrie<K extends AnyLayout, V extends KeyKind>(
  name: string,
  options: KeyedOptions<K, V>,
): KeyedMap<K, V> {
  const first = options.key.fields[0]?.kind;
  const isU32 = first?.kind === "int" && first.bits === 32 && !first.raw && options.key.order === "host";
  if (!isU32 || options.key.size < 5 || options.key.size > 260) {
    throw new Error(
      `Cannot declare trie ${name}: its key begins with the prefix length, a u32 in host order, and 1 to 256 bytes of address follow. Declare the key so.`,
    );
  }
  return keyed(name, "lpmTrie", { ...options, preallocate: false });
}

/** One value that is always there. */
export interface Cell<L extends AnyLayout = AnyLayout> extends MapDeclaration {
  readonly kind: "array";
  readonly key: AnyLayout;
  readonly value: AnyLayout;
  readonly isCell: true;
  ref(): Ref<L>;
}

/** Declares one value, zero at first. */
export function cell<L extends AnyLayout>(name: string, value: L): Cell<L> {
  const map = keyed(name, "array", { key: u32, value, maxEntries: 1, isCell: true });
  return {
    ...map,
    kind: "array",
    isCell: true,
    ref: (): Ref<L> => {
      const found = map.lookup(0);
      if (found === null)
        throw new Error(`Cell ${name} has no element: the machine does not keep arrays as it should.`);
      // RefOf of a layout is Ref of it; TypeScript does not resolve the condition for a type parameter.
      return found as unknown as Ref<L>;
    },
  };
}

type U32 = typeof u32;

function keyed<K extends KeyKind, V extends KeyKind>(
  name: string,
  kind: MapKind,
  options: HashOptions<K, V> & { readonly isCell?: boolean },
): KeyedMap<K, V> {
  const { maxEntries, preallocate = true, isCell = false } = options;
  const key = keyLayout(options.key);
  const value = keyLayout(options.value);
  const map = new KeyedDeclaration(declareMap({ kind, name, key, value, maxEntries, preallocate, isCell }));
  // Tables work on any reference; that keys and values are of the declared layouts is what this type is for.
  return map as unknown as KeyedMap<K, V>;
}

/** A map of its own with the facts of another: inner maps are made so. */
export function keyedLike(pattern: MapDeclaration): MapDeclaration {
  return new KeyedDeclaration(declareMap(pattern));
}

/** The declaration of a keyed map: it holds no elements, the running machine does. */
class KeyedDeclaration {
  readonly kind: MapKind;
  readonly name: string;
  readonly id: number;
  readonly key: AnyLayout;
  readonly value: AnyLayout;
  readonly maxEntries: number;
  readonly preallocate: boolean;
  readonly inner = null;
  readonly isCell: boolean;
  readonly #key: KeyArgument;
  readonly #value: KeyArgument;

  constructor(facts: MapDeclaration) {
    const { key, value } = facts;
    if (key === null || value === null) throw new Error(`Map ${facts.name} needs a key and a value layout.`);
    this.kind = facts.kind;
    this.name = facts.name;
    this.id = facts.id;
    this.key = key;
    this.value = value;
    this.maxEntries = facts.maxEntries;
    this.preallocate = facts.preallocate;
    this.isCell = facts.isCell;
    this.#key = keyArgument(key);
    this.#value = keyArgument(value);
  }

  lookup(key: Argument): AnyRef | null {
    const { machine } = current;
    return (machine.keyed[this.id] ?? machine.openKeyed(this)).lookup(this.#key(key));
  }

  update(key: Argument, value: Argument, flags = BPF_ANY): number {
    const { machine } = current;
    return (machine.keyed[this.id] ?? machine.openKeyed(this)).update(this.#key(key), this.#value(value), flags);
  }

  delete(key: Argument): number {
    const { machine } = current;
    return (machine.keyed[this.id] ?? machine.openKeyed(this)).delete(this.#key(key));
  }

  forEach<State>(visit: (key: AnyRef, value: AnyRef, state: State) => number, state: State): number {
    const { machine } = current;
    return (machine.keyed[this.id] ?? machine.openKeyed(this)).visit((key, value) => visit(key, value, state));
  }
}
