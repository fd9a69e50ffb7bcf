/**
 * The typed view of maps whose values are maps: a whole table is swapped by one store.
 */
import { type FileDescriptor, objectById } from "@weir/linux";
import { u32 } from "../language/integer.ts";
import type { MapDeclaration } from "../language/map/declaration.ts";
import type { MapOfMaps } from "../language/map/map-of-maps.ts";
import type { KeyKind } from "../language/reference.ts";
import { type Codec, codecOf } from "./codec.ts";
import { assertDeclared } from "./declared.ts";
import { KernelMap } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";
import { createMap } from "./map-create.ts";
import type { PlainInit } from "./plain.ts";
import { keyCodec } from "./typed-map.ts";

export class OuterMap<KeyInit> {
  readonly map: KernelMap;
  readonly #key: Codec<unknown, KeyInit>;
  readonly #btf: FileDescriptor | null;

  constructor(map: KernelMap, key: Codec<unknown, KeyInit>, btf: FileDescriptor | null) {
    this.map = map;
    this.#key = key;
    this.#btf = btf;
  }

  /** A new, empty inner map of the declared pattern, to be filled and then put in. The caller closes it. */
  createInner(): KernelMap {
    const inner = this.map.spec?.inner ?? null;
    if (inner === null) {
      throw new LoaderError({
        code: "spec-invalid",
        what: `Cannot make an inner map for ${this.map.name}`,
        why: "this map was opened from a pin, and a pin does not hold the pattern of inner maps",
        fix: "Load the collection with the pin, and use its map.",
      });
    }
    return createMap(inner, this.#btf);
  }

  /** Puts an inner map in; programs see the old one or the new one, never a mixture. It stays as long as it is in. */
  update(key: KeyInit, inner: KernelMap): void {
    this.map.update(this.#key.encode(key), codecOf(u32).encode(inner.fd.number));
  }

  /** The inner map under a key, opened anew; undefined when there is none. The caller closes it. */
  lookup(key: KeyInit): KernelMap | undefined {
    const id = this.map.lookup(this.#key.encode(key));
    if (id === undefined) return undefined;
    const fd = objectById("map", codecOf(u32).decode(id));
    return fd && new KernelMap(fd, this.map.spec?.inner?.name ?? fd.label, this.map.spec?.inner ?? null);
  }

  /** False when there was none. */
  delete(key: KeyInit): boolean {
    return this.map.delete(this.#key.encode(key));
  }
}

/** @param btf the collection's type information, for making inner maps */
export function outerMap<K extends KeyKind, Inner extends MapDeclaration>(
  map: KernelMap,
  declaration: MapOfMaps<K, Inner>,
  btf: FileDescriptor | null,
): OuterMap<PlainInit<K>> {
  assertDeclared(map, declaration, ["arrayOfMaps", "hashOfMaps"]);
  return new OuterMap(map, keyCodec<K>(declaration), btf);
}
