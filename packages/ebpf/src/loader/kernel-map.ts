/**
 * A live map: the kernel object behind a descriptor, with keys and values as bytes.
 *
 * The value of a per-CPU map is one slot of `roundUp(valueSize, 8)` bytes for each possible CPU. Typed access by the
 * declarations of the language is in typed-map.ts.
 */
import {
  type FileDescriptor,
  isSystemError,
  type MapInfo,
  mapDelete,
  mapInfo,
  mapLookup,
  mapLookupAndDelete,
  mapUpdate,
  type UpdateMode,
} from "@weir/linux";
import type { MapSpec } from "../object/index.ts";
import { deleteMany, updateMany } from "./batch.ts";
import { LoaderError } from "./loader-error.ts";
import { type Entry, mapEntries } from "./map-entries.ts";
import { possibleCpus } from "./possible-cpus.ts";

export class KernelMap {
  readonly fd: FileDescriptor;
  /** As its spec or its pin calls it; the kernel keeps the first 15 characters. */
  readonly name: string;
  readonly info: MapInfo;
  /** Bytes of a value as system calls carry it: all CPUs' slots of a per-CPU map. */
  readonly valueBytes: number;
  /** What it was made from; `null` for one that was opened. */
  readonly spec: MapSpec | null;

  /** Takes ownership of the descriptor. */
  constructor(fd: FileDescriptor, name: string, spec: MapSpec | null) {
    this.fd = fd;
    this.name = name;
    this.spec = spec;
    this.info = mapInfo(fd);
    const { valueSize } = this.info;
    this.valueBytes = this.isPerCpu ? roundUp(valueSize) * possibleCpus() : valueSize;
  }

  get isPerCpu(): boolean {
    return PER_CPU.has(this.info.type);
  }

  /** The value under a key, or undefined. A queue's or stack's next value, with an empty key. */
  lookup(key: Uint8Array): Uint8Array | undefined {
    const value = new Uint8Array(this.valueBytes);
    return mapLookup(this.fd, key, value) ? value : undefined;
  }

  /** As lookup, and takes the entry out. */
  take(key: Uint8Array): Uint8Array | undefined {
    const value = new Uint8Array(this.valueBytes);
    return mapLookupAndDelete(this.fd, key, value) ? value : undefined;
  }

  /**
   * Sets an entry.
   *
   * @returns false when it was there already (mode "create") or was not there ("replace")
   * @throws LoaderError "map-full" or "index-outside-map"
   */
  update(key: Uint8Array, value: Uint8Array, mode: UpdateMode = "any"): boolean {
    this.#checkSizes(key, value);
    try {
      return mapUpdate(this.fd, key, value, mode);
    } catch (error) {
      throw explainUpdate(error, this);
    }
  }

  /** False when there was no such entry. */
  delete(key: Uint8Array): boolean {
    return mapDelete(this.fd, key);
  }

  /**
   * All entries, many at a time where the kernel can (5.6).
   *
   * Programs may change the map meanwhile: an entry that is there throughout is seen, others perhaps, and some twice.
   * The entries seen so far may be changed and deleted during the walk.
   */
  entries(): IterableIterator<Entry> {
    return mapEntries(this);
  }

  /** Sets many entries, in one system call for each thousand where the kernel can; the first failure ends it. */
  updateMany(entries: Iterable<Entry>): void {
    try {
      updateMany(this, entries);
    } catch (error) {
      throw explainUpdate(error, this);
    }
  }

  /** Deletes the entries under these keys. Returns how many were there. */
  deleteMany(keys: Iterable<Uint8Array>): number {
    return deleteMany(this, keys);
  }

  close(): void {
    this.fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The kernel reads as many bytes as the map says, whatever the length of ours. */
  #checkSizes(key: Uint8Array, value: Uint8Array): void {
    if (key.length === this.info.keySize && value.length === this.valueBytes) return;
    throw new RangeError(
      `Cannot use a key of ${key.length} and a value of ${value.length} bytes in map ${this.name}: ` +
        `it takes ${this.info.keySize} and ${this.valueBytes}.`,
    );
  }
}

/** Bytes of one CPU's slot. */
export function roundUp(valueSize: number): number {
  return (valueSize + 7) & ~7;
}

const PER_CPU: ReadonlySet<string> = new Set([
  "percpu_hash",
  "percpu_array",
  "lru_percpu_hash",
  "percpu_cgroup_storage",
]);
const INDEXED: ReadonlySet<string> = new Set(["array", "percpu_array", "array_of_maps", "devmap", "sockmap"]);

function explainUpdate(error: unknown, { name, info }: KernelMap): unknown {
  const what = `Cannot set an entry of map ${name}`;
  if (info.type.startsWith("devmap") && isSystemError(error, "EINVAL")) {
    return new LoaderError({
      ...{ code: "interface-vanished", what, cause: error },
      why: "there is no interface of that index in this network namespace (EINVAL)",
      fix: 'List the interfaces with "ip link"; one that was removed and made anew has another index.',
    });
  }
  // Hash maps answer E2BIG when they are full, tries ENOSPC, and arrays E2BIG for an index past their end.
  if (!isSystemError(error, "E2BIG", "ENOSPC")) return error;
  if (INDEXED.has(info.type)) {
    return new LoaderError({
      ...{ code: "index-outside-map", what, cause: error },
      why: `the index lies outside its ${info.maxEntries} entries (${error.code})`,
      fix: `Use an index from 0 to ${info.maxEntries - 1}.`,
    });
  }
  return new LoaderError({
    ...{ code: "map-full", what, cause: error },
    why: `the ${info.type} holds its ${info.maxEntries} entries already (${error.code})`,
    fix: "Delete entries first, or declare it with more maxEntries and migrate.",
  });
}
