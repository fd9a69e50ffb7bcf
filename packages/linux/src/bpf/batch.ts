/**
 * Many entries of a map in one system call (Linux 5.6; per-CPU arrays 5.13).
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { SystemError, unwrap } from "../system-error.ts";
import { type BpfCommand, freshAttributes } from "./attributes.ts";
import type { UpdateMode } from "./map.ts";

/** Where a walk stands; opaque, and only valid for the map it came from. */
export type BatchPosition = Uint8Array;

export interface BatchRead {
  /** Entries written into `keys` and `values`. */
  readonly count: number;
  /** Where to go on; undefined after the last entry. */
  readonly next: BatchPosition | undefined;
}

/**
 * Copies entries into `keys` and `values`, which both have room for `room` of them.
 *
 * @param from undefined for the start, later the `next` of the call before
 * @throws SystemError ENOSPC when `room` is less than one bucket of a hash map holds: try again with twice as much
 */
export function mapLookupBatch(
  map: FileDescriptor,
  from: BatchPosition | undefined,
  keys: Uint8Array,
  values: Uint8Array,
  room: number,
): BatchRead {
  return read("BPF_MAP_LOOKUP_BATCH", map, from, keys, values, room);
}

/** As mapLookupBatch, and removes the entries it copies. */
export function mapLookupAndDeleteBatch(
  map: FileDescriptor,
  from: BatchPosition | undefined,
  keys: Uint8Array,
  values: Uint8Array,
  room: number,
): BatchRead {
  return read("BPF_MAP_LOOKUP_AND_DELETE_BATCH", map, from, keys, values, room);
}

/** Sets `count` entries. Throws a SystemError whose text tells how many were set before the one that failed. */
export function mapUpdateBatch(
  map: FileDescriptor,
  keys: Uint8Array,
  values: Uint8Array,
  count: number,
  mode: UpdateMode = "any",
): void {
  const elementFlags = mode === "create" ? 1n : mode === "replace" ? 2n : 0n;
  write("BPF_MAP_UPDATE_BATCH", map, keys, values, count, elementFlags);
}

/**
 * Removes `count` entries.
 *
 * @returns how many were removed: fewer when a key was missing, where the kernel stops
 */
export function mapDeleteBatch(map: FileDescriptor, keys: Uint8Array, count: number): number {
  return write("BPF_MAP_DELETE_BATCH", map, keys, undefined, count, 0n, ENOENT);
}

const ENOENT = 2;
const ENOSPC = 28;

function read(
  command: BpfCommand,
  map: FileDescriptor,
  from: BatchPosition | undefined,
  keys: Uint8Array,
  values: Uint8Array,
  room: number,
): BatchRead {
  // Hash maps store a 4 byte bucket number, arrays an index; LPM tries and others may store a whole key.
  const next = new Uint8Array(Math.max(4, room > 0 ? Math.ceil(keys.length / room) : 0));
  const attributes = freshAttributes();
  if (from !== undefined) attributes.pointer(0, from);
  attributes.pointer(8, next).pointer(16, keys).pointer(24, values).u32(32, room).u32(36, map.number);
  const result = attributes.call(command);
  const count = attributes.readU32(32);
  if (result === -ENOENT) return { count, next: undefined };
  unwrap(result, () => ({
    operation: `bpf(${command})`,
    what: `Cannot read ${room} entries of the ${map.label} at once`,
    ...(result === -ENOSPC && {
      why: "a bucket of the hash map holds more entries than there is room for",
      fix: "Ask again with twice the room.",
    }),
  }));
  return { count, next };
}

function write(
  command: BpfCommand,
  map: FileDescriptor,
  keys: Uint8Array,
  values: Uint8Array | undefined,
  count: number,
  elementFlags: bigint,
  ordinary = 0,
): number {
  if (count === 0) return 0;
  const attributes = freshAttributes().pointer(16, keys).u32(32, count).u32(36, map.number).u64(40, elementFlags);
  if (values !== undefined) attributes.pointer(24, values);
  const result = attributes.call(command);
  if (result >= 0) return count;
  // The kernel writes back how far it came, unless it refused the call as a whole: then our own number is still there.
  const written = attributes.readU32(32);
  const done = written === count ? 0 : written;
  if (result === -ordinary) return done;
  throw new SystemError(-result, {
    operation: `bpf(${command})`,
    what: `Cannot ${command === "BPF_MAP_UPDATE_BATCH" ? "set" : "delete"} ${count} entries of the ${map.label} at once (${done} done)`,
  });
}
