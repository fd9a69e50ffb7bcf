/**
 * Map declarations of the language become map specs.
 */
import { MAP_TYPES, type MapDeclaration, type MapKind } from "../../language/map/declaration.ts";
import type { MapSpec } from "../../object/spec.ts";
import type { LayoutTypes } from "./layout-types.ts";

const BPF_F_NO_PREALLOC = 1 << 0;
const BPF_F_RDONLY_PROG = 1 << 7;
const BPF_F_MMAPABLE = 1 << 10;

/** Kinds whose keys and values the kernel takes types for. */
const TYPED: ReadonlySet<MapKind> = new Set([
  "array",
  "percpuArray",
  "hash",
  "lruHash",
  "percpuHash",
  "lruPercpuHash",
  "lpmTrie",
]);

export function mapSpec(declaration: MapDeclaration, types: LayoutTypes): MapSpec {
  const { kind, name, key, value, maxEntries, inner } = declaration;
  const typed = TYPED.has(kind) && key !== null && value !== null;
  return {
    name,
    type: MAP_TYPES[kind].type,
    keySize: key?.size ?? 0,
    valueSize: kind === "ringBuffer" ? 0 : (value?.size ?? 0),
    maxEntries,
    flags: flagsOf(declaration),
    types: typed ? { key: types.layout(key), value: types.layout(value) } : null,
    inner: inner === null ? null : mapSpec(inner, types),
    contents: null,
  };
}

function flagsOf({ kind, preallocate }: MapDeclaration): number {
  // User space reads and writes arrays without system calls; the kernel rounds their memory up to pages.
  if (kind === "array") return BPF_F_MMAPABLE;
  return preallocate ? 0 : BPF_F_NO_PREALLOC;
}

/** A constant table: an array with one element that nobody writes any more, so that the verifier knows its bytes. */
export function tableSpec(name: string, contents: Uint8Array): MapSpec {
  return {
    name,
    type: MAP_TYPES.array.type,
    keySize: 4,
    valueSize: contents.length,
    maxEntries: 1,
    flags: BPF_F_RDONLY_PROG,
    types: null,
    inner: null,
    contents,
  };
}
