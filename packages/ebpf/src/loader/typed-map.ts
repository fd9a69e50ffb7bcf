/**
 * Typed views of live maps: keys and values as plain objects, by the declaration that the packet program uses.
 *
 *     const view = collection.map(flows);
 *     view.update({ source, target }, { packets: 0n });
 *     for (const [flow, { packets }] of view.entries()) …
 */
import type { UpdateMode } from "@weir/linux";
import type { MapDeclaration } from "../language/map/declaration.ts";
import type { KeyedMap } from "../language/map/keyed.ts";
import type { KeyKind } from "../language/reference.ts";
import { type Codec, codecOfLayout } from "./codec.ts";
import { assertDeclared } from "./declared.ts";
import { type KernelMap, roundUp } from "./kernel-map.ts";
import type { Plain, PlainInit } from "./plain.ts";

/** A map whose keys and values pass through codecs. Errors are those of KernelMap and of the codecs. */
export class TypedMap<Key, KeyInit, Value, ValueInit> {
  /** The map itself, for bytes. It is not owned: closing it is the collection's business. */
  readonly map: KernelMap;
  readonly #key: Codec<Key, KeyInit>;
  readonly #value: Codec<Value, ValueInit>;

  constructor(map: KernelMap, key: Codec<Key, KeyInit>, value: Codec<Value, ValueInit>) {
    this.map = map;
    this.#key = key;
    this.#value = value;
  }

  lookup(key: KeyInit): Value | undefined {
    const value = this.map.lookup(this.#key.encode(key));
    return value && this.#value.decode(value);
  }

  /** False when the entry was there already (mode "create") or was not there ("replace"). */
  update(key: KeyInit, value: ValueInit, mode: UpdateMode = "any"): boolean {
    return this.map.update(this.#key.encode(key), this.#value.encode(value), mode);
  }

  /** False when there was no such entry. Elements of arrays cannot be deleted. */
  delete(key: KeyInit): boolean {
    return this.map.delete(this.#key.encode(key));
  }

  /** All entries; see KernelMap.entries for what changes meanwhile. */
  *entries(): IterableIterator<readonly [key: Key, value: Value]> {
    for (const [key, value] of this.map.entries()) yield [this.#key.decode(key), this.#value.decode(value)];
  }

  updateMany(entries: Iterable<readonly [key: KeyInit, value: ValueInit]>): void {
    const key = this.#key;
    const value = this.#value;
    function* encoded(): Generator<readonly [Uint8Array, Uint8Array]> {
      for (const [k, v] of entries) yield [key.encode(k), value.encode(v)];
    }
    this.map.updateMany(encoded());
  }

  /** How many of them were there. */
  deleteMany(keys: Iterable<KeyInit>): number {
    return this.map.deleteMany(Array.from(keys, (key) => this.#key.encode(key)));
  }
}

/** The typed view of a map of these kinds: arrays, hashes, tries. */
export type TypedMapOf<K extends KeyKind, V extends KeyKind> = TypedMap<Plain<K>, PlainInit<K>, Plain<V>, PlainInit<V>>;

/** The typed view of a per-CPU map: a value is a list, one for each possible CPU. */
export type PerCpuMapOf<K extends KeyKind, V extends KeyKind> = TypedMap<
  Plain<K>,
  PlainInit<K>,
  readonly Plain<V>[],
  readonly PlainInit<V>[]
>;

/** @throws LoaderError "map-of-another-layout" when the declaration is of another map, or of a per-CPU one */
export function typedMap<K extends KeyKind, V extends KeyKind>(
  map: KernelMap,
  declaration: KeyedMap<K, V>,
): TypedMapOf<K, V> {
  assertDeclared(map, declaration, ["array", "hash", "lruHash", "lpmTrie"]);
  return new TypedMap(map, keyCodec<K>(declaration), valueCodec<V>(declaration));
}

/** @throws LoaderError "map-of-another-layout" when the declaration is of another map, or not of a per-CPU one */
export function perCpuMap<K extends KeyKind, V extends KeyKind>(
  map: KernelMap,
  declaration: KeyedMap<K, V>,
): PerCpuMapOf<K, V> {
  assertDeclared(map, declaration, ["percpuArray", "percpuHash", "lruPercpuHash"]);
  return new TypedMap(map, keyCodec<K>(declaration), slotsCodec(valueCodec<V>(declaration), map.valueBytes));
}

/** The declaration's layouts are those of its kinds K and V; the types lose that on the way through `AnyLayout`. */
export function keyCodec<K extends KeyKind>({ name, key }: MapDeclaration): Codec<Plain<K>, PlainInit<K>> {
  if (key === null) throw new Error(`Map ${name} has no keys.`);
  return codecOfLayout(key) as Codec<Plain<K>, PlainInit<K>>;
}

export function valueCodec<V extends KeyKind>({ name, value }: MapDeclaration): Codec<Plain<V>, PlainInit<V>> {
  if (value === null) throw new Error(`Map ${name} has no values.`);
  return codecOfLayout(value) as Codec<Plain<V>, PlainInit<V>>;
}

/** A value for each CPU, each at a multiple of 8 bytes. */
export function slotsCodec<Out, In>(value: Codec<Out, In>, size: number): Codec<readonly Out[], readonly In[]> {
  const stride = roundUp(value.size);
  const count = size / stride;
  return {
    size,
    decode: (bytes) =>
      Array.from({ length: count }, (_, cpu) => value.decode(bytes.subarray(cpu * stride, cpu * stride + value.size))),
    encode: (values) => {
      if (values.length !== count) {
        throw new RangeError(`Cannot set ${values.length} values of a per-CPU map: this machine has ${count} CPUs.`);
      }
      const bytes = new Uint8Array(size);
      for (const [cpu, one] of values.entries()) bytes.set(value.encode(one), cpu * stride);
      return bytes;
    },
  };
}
