/**
 * Walks all entries of a map: in batches where map and kernel have them, key after key elsewhere.
 */
import {
  type BatchPosition,
  type FileDescriptor,
  isSystemError,
  mapLookup,
  mapLookupBatch,
  mapNextKey,
} from "@weir/linux";

/** A key and its value, as bytes. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** What a walk needs to know of a map. */
export interface Walkable {
  readonly fd: FileDescriptor;
  readonly info: { readonly keySize: number; readonly maxEntries: number };
  readonly valueBytes: number;
}

/** Buffers stay below this many bytes, unless a single bucket needs more. */
const BATCH_BYTES = 1 << 18;

export function* mapEntries(map: Walkable): Generator<Entry, void, undefined> {
  const { keySize, maxEntries } = map.info;
  let room = Math.max(1, Math.min(maxEntries, Math.floor(BATCH_BYTES / (keySize + map.valueBytes))));
  let from: BatchPosition | undefined;
  do {
    const batch = readBatch(map, from, room);
    if (batch === "no batches") {
      yield* entriesByKey(map);
      return;
    }
    if (batch === "no room") {
      room *= 2;
      continue;
    }
    yield* split(map, batch.keys, batch.values, batch.count);
    if (batch.next === undefined) return;
    from = batch.next;
  } while (true);
}

interface Batch {
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  readonly count: number;
  readonly next: BatchPosition | undefined;
}

/** "no batches": map or kernel knows only single entries. "no room": the next bucket is larger than `room`. */
function readBatch(map: Walkable, from: BatchPosition | undefined, room: number): Batch | "no batches" | "no room" {
  const keys = new Uint8Array(room * map.info.keySize);
  const values = new Uint8Array(room * map.valueBytes);
  try {
    return { keys, values, ...mapLookupBatch(map.fd, from, keys, values, room) };
  } catch (error) {
    if (isSystemError(error, "ENOSPC")) return "no room";
    if (from === undefined && isSystemError(error, "ENOTSUPP", "EINVAL", "EOPNOTSUPP")) return "no batches";
    throw error;
  }
}

function* split(map: Walkable, keys: Uint8Array, values: Uint8Array, count: number): Generator<Entry> {
  const { keySize } = map.info;
  const { valueBytes } = map;
  for (let index = 0; index < count; index++) {
    yield [
      keys.slice(index * keySize, (index + 1) * keySize),
      values.slice(index * valueBytes, (index + 1) * valueBytes),
    ];
  }
}

/** The successor is asked for before an entry is given out, so that deleting the entry does not lose the place. */
function* entriesByKey(map: Walkable): Generator<Entry> {
  let key = nextKey(map, undefined);
  while (key !== undefined) {
    const next = nextKey(map, key);
    const value = new Uint8Array(map.valueBytes);
    // An entry may be gone since its key was found.
    if (mapLookup(map.fd, key, value)) yield [key, value];
    key = next;
  }
}

function nextKey(map: Walkable, key: Uint8Array | undefined): Uint8Array | undefined {
  const next = new Uint8Array(map.info.keySize);
  return mapNextKey(map.fd, key, next) ? next : undefined;
}
