/**
 * What all map declarations have in common: plain facts for the compiler, the loader and the twin.
 */
import type { AnyLayout } from "../shape.ts";

/** Kinds of maps, as their declaring functions are called. */
export type MapKind =
  | "array"
  | "percpuArray"
  | "hash"
  | "lruHash"
  | "percpuHash"
  | "lruPercpuHash"
  | "lpmTrie"
  | "queue"
  | "stack"
  | "ringBuffer"
  | "arrayOfMaps"
  | "hashOfMaps"
  | "sockMap"
  | "sockHash"
  | "deviceMap"
  | "deviceHash";

/** The kernel's number for each kind (enum bpf_map_type) and the release that brought it. */
export const MAP_TYPES: { readonly [Kind in MapKind]: { readonly type: number; readonly since: string } } = {
  hash: { type: 1, since: "3.19" },
  array: { type: 2, since: "3.19" },
  percpuHash: { type: 5, since: "4.6" },
  percpuArray: { type: 6, since: "4.6" },
  lruHash: { type: 9, since: "4.10" },
  lruPercpuHash: { type: 10, since: "4.10" },
  lpmTrie: { type: 11, since: "4.11" },
  arrayOfMaps: { type: 12, since: "4.12" },
  hashOfMaps: { type: 13, since: "4.12" },
  deviceMap: { type: 14, since: "4.14" },
  sockMap: { type: 15, since: "4.14" },
  sockHash: { type: 18, since: "4.18" },
  queue: { type: 22, since: "4.20" },
  stack: { type: 23, since: "4.20" },
  deviceHash: { type: 25, since: "5.4" },
  ringBuffer: { type: 27, since: "5.8" },
};

export interface MapDeclaration {
  readonly kind: MapKind;
  /** Name and pin: 1..15 letters, digits and underscores. */
  readonly name: string;
  /** Number of this declaration in the process; a machine keeps the table under it. */
  readonly id: number;
  /** Layout of the key; `null` for queues, stacks and ring buffers. `key.scalar` is set when the key is an integer kind. */
  readonly key: AnyLayout | null;
  /** Layout of the value; of a ring buffer, of its records. Sockets, devices and inner maps are a u32 to user space. */
  readonly value: AnyLayout | null;
  /** Most elements; of a ring buffer, its size in bytes. */
  readonly maxEntries: number;
  /** False when elements are allocated as they come (BPF_F_NO_PREALLOC). */
  readonly preallocate: boolean;
  /** The pattern of inner maps; `null` for all other kinds. */
  readonly inner: MapDeclaration | null;
  /** True for a `cell`: an array of one element that is always there. */
  readonly isCell: boolean;
}

let nextId = 0;

/** Completes and checks the facts of a declaration. */
export function declareMap(
  facts: Pick<MapDeclaration, "kind" | "name" | "maxEntries"> & Partial<MapDeclaration>,
): MapDeclaration {
  const { kind, name, maxEntries } = facts;
  if (!/^[A-Za-z0-9_]{1,15}$/.test(name)) {
    throw new Error(
      `Cannot name a map "${name}": the kernel keeps 1 to 15 letters, digits and underscores. Choose a shorter or plainer name.`,
    );
  }
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > 0xffffffff) {
    throw new RangeError(
      `Cannot declare map ${name} with ${maxEntries} entries: maxEntries is an integer from 1 to 4294967295. Say how many elements it holds at most.`,
    );
  }
  return {
    kind,
    name,
    id: nextId++,
    key: facts.key ?? null,
    value: facts.value ?? null,
    maxEntries,
    preallocate: facts.preallocate ?? true,
    inner: facts.inner ?? null,
    isCell: facts.isCell ?? false,
  };
}
