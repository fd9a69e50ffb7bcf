/**
 * Maps whose values are maps: a whole table is swapped by one store from user space.
 */
import { u32 } from "../integer.ts";
import { type AnyLayout, keyLayout } from "../layout.ts";
import type { ArgOf, Argument, KeyKind } from "../reference.ts";
import { current } from "../runtime.ts";
import { type KeyArgument, keyArgument } from "./argument.ts";
import { declareMap, type MapDeclaration, type MapKind } from "./declaration.ts";

export interface MapOfMaps<K extends KeyKind = KeyKind, Inner extends MapDeclaration = MapDeclaration>
  extends MapDeclaration {
  readonly kind: "arrayOfMaps" | "hashOfMaps";
  readonly key: AnyLayout;
  readonly inner: Inner;
  /** The inner map under a key, or `null`. User space puts inner maps in; programs only look them up. */
  lookup(key: ArgOf<K>): Inner | null;
}

/** Inner maps under 0..maxEntries-1. `inner` is the pattern that all of them keep to. */
export function arrayOfMaps<Inner extends MapDeclaration>(
  name: string,
  options: { readonly inner: Inner; readonly maxEntries: number },
): MapOfMaps<typeof u32, Inner> {
  return declare("arrayOfMaps", name, { key: u32, ...options });
}

/** Inner maps under keys. */
export function hashOfMaps<K extends KeyKind, Inner extends MapDeclaration>(
  name: string,
  options: { readonly key: K; readonly inner: Inner; readonly maxEntries: number },
): MapOfMaps<K, Inner> {
  return declare("hashOfMaps", name, options);
}

/** Kinds that an inner map may be of here; the kernel knows more, and no program has asked for them. */
const PATTERNS: readonly MapKind[] = [
  "array",
  "percpuArray",
  "hash",
  "percpuHash",
  "lruHash",
  "lruPercpuHash",
  "lpmTrie",
];

function declare<K extends KeyKind, Inner extends MapDeclaration>(
  kind: "arrayOfMaps" | "hashOfMaps",
  name: string,
  options: { readonly key: K; readonly inner: Inner; readonly maxEntries: number },
): MapOfMaps<K, Inner> {
  const { inner, maxEntries } = options;
  if (!PATTERNS.includes(inner.kind) || inner.isCell) {
    throw new Error(
      `Cannot declare ${name}: its inner map ${inner.name} is a ${inner.isCell ? "cell" : inner.kind}. Use an array, a hash or a trie as the pattern.`,
    );
  }
  const key = keyLayout(options.key);
  const facts = { ...declareMap({ kind, name, key, value: keyLayout(u32), maxEntries, inner }), kind, key, inner };
  const place: KeyArgument = keyArgument(key);
  return {
    ...facts,
    lookup: (given: Argument): Inner | null => {
      const { machine } = current;
      const found = (machine.outers[facts.id] ?? machine.openOuter(facts)).lookup(place(given));
      // The machine puts in only maps that were made after the pattern `inner`.
      return found as Inner | null;
    },
  };
}
