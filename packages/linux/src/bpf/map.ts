/**
 * Maps: creating, freezing, and one entry at a time.
 *
 * Keys and values are bytes as the kernel holds them. The value of a per-CPU map is one slot of `roundUp(valueSize, 8)`
 * bytes for each possible CPU.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { SystemError, unwrap } from "../system-error.ts";
import { type BpfCommand, freshAttributes } from "./attributes.ts";
import { type MapType, mapTypes } from "./kinds.ts";

export interface MapCreation {
  readonly type: MapType;
  /** Bytes; 0 for queues, stacks, bloom filters and ring buffers. */
  readonly keySize: number;
  /** Bytes; 0 for ring buffers; 4 for maps of maps. */
  readonly valueSize: number;
  /** Entries; bytes (a power of two of whole pages) for ring buffers. */
  readonly maxEntries: number;
  /** BPF_F_* of `mapFlags`, combined. */
  readonly flags?: number;
  /** Cut to 15 characters. */
  readonly name?: string;
  readonly btf?: FileDescriptor;
  readonly btfKeyTypeId?: number;
  readonly btfValueTypeId?: number;
  /** For maps of maps: a map like those that will be put in. */
  readonly innerMap?: FileDescriptor;
  /** Needs mapFlags.numaNode. */
  readonly numaNode?: number;
  /** For bloom filters: the number of hash functions. */
  readonly mapExtra?: bigint;
  /** For maps of an offloaded program. */
  readonly ifindex?: number;
}

/** Flags of map creation. */
export const mapFlags = {
  /** Hash maps take entries from memory as they are made, rather than all at creation. */
  noPrealloc: 1 << 0,
  /** An LRU list for each CPU. */
  noCommonLru: 1 << 1,
  numaNode: 1 << 2,
  /** System calls may only read. */
  readOnly: 1 << 3,
  /** System calls may only write. */
  writeOnly: 1 << 4,
  zeroSeed: 1 << 6,
  /** Programs may only read. */
  readOnlyProgram: 1 << 7,
  writeOnlyProgram: 1 << 8,
  /** The values can be mapped into memory (arrays). */
  mmapable: 1 << 10,
  preserveElements: 1 << 11,
  /** Inner maps may differ in their number of entries. */
  innerMap: 1 << 12,
} as const;

/** Creates a map. Throws a SystemError; EPERM without CAP_BPF, E2BIG or ENOMEM when it is too large. */
export function mapCreate(creation: MapCreation): FileDescriptor {
  const attributes = freshAttributes()
    .u32(0, mapTypes[creation.type])
    .u32(4, creation.keySize)
    .u32(8, creation.valueSize)
    .u32(12, creation.maxEntries)
    .u32(16, creation.flags ?? 0)
    .u32(20, creation.innerMap?.number ?? 0)
    .u32(24, creation.numaNode ?? 0)
    .name(28, creation.name ?? "")
    .u32(44, creation.ifindex ?? 0)
    .u32(48, creation.btf?.number ?? 0)
    .u32(52, creation.btfKeyTypeId ?? 0)
    .u32(56, creation.btfValueTypeId ?? 0)
    .u64(64, creation.mapExtra ?? 0n);
  const fd = unwrap(attributes.call("BPF_MAP_CREATE"), () => ({
    operation: "bpf(BPF_MAP_CREATE)",
    what:
      `Cannot create the ${creation.type} map ${creation.name ?? "without a name"} ` +
      `(key ${creation.keySize} bytes, value ${creation.valueSize} bytes, ${creation.maxEntries} entries, ` +
      `flags ${creation.flags ?? 0})`,
  }));
  return new FileDescriptor(fd, `map ${creation.name ?? creation.type}`);
}

/**
 * Copies an entry's value into `value`.
 *
 * @param value as long as the map's value, which the kernel writes in full
 * @returns false when there is no such entry; `value` is unchanged then
 */
export function mapLookup(map: FileDescriptor, key: Uint8Array, value: Uint8Array, flags = 0n): boolean {
  const result = element("BPF_MAP_LOOKUP_ELEM", map, key, value, flags);
  return unwrapUnless(ENOENT, result, "BPF_MAP_LOOKUP_ELEM", map, key);
}

/** As mapLookup, and removes the entry; takes the head of a queue or stack with an empty key. */
export function mapLookupAndDelete(map: FileDescriptor, key: Uint8Array, value: Uint8Array, flags = 0n): boolean {
  const result = element("BPF_MAP_LOOKUP_AND_DELETE_ELEM", map, key, value, flags);
  return unwrapUnless(ENOENT, result, "BPF_MAP_LOOKUP_AND_DELETE_ELEM", map, key);
}

/** Whether an update may find the entry there already. */
export type UpdateMode = "any" | "create" | "replace";

/**
 * Sets an entry.
 *
 * @returns false when the entry was there already (mode "create") or was not there ("replace")
 * @throws SystemError E2BIG when the map is full
 */
export function mapUpdate(map: FileDescriptor, key: Uint8Array, value: Uint8Array, mode: UpdateMode = "any"): boolean {
  const result = element("BPF_MAP_UPDATE_ELEM", map, key, value, updateFlags[mode]);
  if (mode === "create") return unwrapUnless(EEXIST, result, "BPF_MAP_UPDATE_ELEM", map, key);
  if (mode === "replace") return unwrapUnless(ENOENT, result, "BPF_MAP_UPDATE_ELEM", map, key);
  return unwrapUnless(0, result, "BPF_MAP_UPDATE_ELEM", map, key);
}

/** Removes an entry. False when there was none. */
export function mapDelete(map: FileDescriptor, key: Uint8Array): boolean {
  const result = element("BPF_MAP_DELETE_ELEM", map, key, none, 0n);
  return unwrapUnless(ENOENT, result, "BPF_MAP_DELETE_ELEM", map, key);
}

/**
 * Writes the key that follows `key` into `next`; `undefined` asks for the first one.
 *
 * @returns false after the last key. A hash map that lost `key` meanwhile starts over, so a walk of a changing map may
 *   see entries twice.
 */
export function mapNextKey(map: FileDescriptor, key: Uint8Array | undefined, next: Uint8Array): boolean {
  const result = element("BPF_MAP_GET_NEXT_KEY", map, key ?? none, next, 0n);
  return unwrapUnless(ENOENT, result, "BPF_MAP_GET_NEXT_KEY", map, key ?? none);
}

/** Forbids changes by system calls for good; programs are bound by the map's own flags. */
export function mapFreeze(map: FileDescriptor): void {
  unwrap(freshAttributes().u32(0, map.number).call("BPF_MAP_FREEZE"), () => ({
    operation: "bpf(BPF_MAP_FREEZE)",
    what: `Cannot freeze the ${map.label}`,
  }));
}

const updateFlags: Readonly<Record<UpdateMode, bigint>> = { any: 0n, create: 1n, replace: 2n };
const none = new Uint8Array(0);
const ENOENT = 2;
const E2BIG = 7;
const EBUSY = 16;
const EEXIST = 17;

function element(command: BpfCommand, map: FileDescriptor, key: Uint8Array, value: Uint8Array, flags: bigint): number {
  const attributes = freshAttributes().u32(0, map.number);
  if (key.length > 0) attributes.pointer(8, key);
  if (value.length > 0) attributes.pointer(16, value);
  return attributes.u64(24, flags).call(command);
}

/** True on success, false on the one error that is an ordinary answer; every other error is thrown. */
function unwrapUnless(
  ordinary: number,
  result: number,
  command: BpfCommand,
  map: FileDescriptor,
  key: Uint8Array,
): boolean {
  if (result >= 0) return true;
  if (result === -ordinary) return false;
  throw new SystemError(-result, {
    operation: `bpf(${command})`,
    what: `Cannot ${verbs[command] ?? "use"} key ${Buffer.from(key).toString("hex") || "(none)"} of the ${map.label}`,
    ...explanation(-result),
  });
}

const verbs: { readonly [command in BpfCommand]?: string } = {
  BPF_MAP_LOOKUP_ELEM: "look up",
  BPF_MAP_LOOKUP_AND_DELETE_ELEM: "take out",
  BPF_MAP_UPDATE_ELEM: "set",
  BPF_MAP_DELETE_ELEM: "delete",
  BPF_MAP_GET_NEXT_KEY: "find the successor of",
};

function explanation(errno: number): { why?: string; fix?: string } {
  if (errno === E2BIG) {
    return { why: "the map is full, or the index is beyond its end", fix: "Delete entries, or create it larger." };
  }
  if (errno === EBUSY) return { why: "another CPU holds the bucket", fix: "Try again." };
  return {};
}
