/**
 * Setting and deleting many entries: in batches where map and kernel have them (5.6), one by one elsewhere.
 */
import { type FileDescriptor, isSystemError, mapDelete, mapDeleteBatch, mapUpdate, mapUpdateBatch } from "@weir/linux";
import type { Entry } from "./map-entries.ts";

interface Batchable {
  readonly fd: FileDescriptor;
  readonly info: { readonly keySize: number };
  readonly valueBytes: number;
}

const BATCH = 1024;

export function updateMany(map: Batchable, entries: Iterable<Entry>): void {
  for (const some of chunks(entries, BATCH)) {
    const keys = concatenate(
      some.map(([key]) => key),
      map.info.keySize,
    );
    const values = concatenate(
      some.map(([, value]) => value),
      map.valueBytes,
    );
    try {
      mapUpdateBatch(map.fd, keys, values, some.length);
    } catch (error) {
      if (!hasNoBatches(error)) throw error;
      for (const [key, value] of some) mapUpdate(map.fd, key, value);
    }
  }
}

export function deleteMany(map: Batchable, keys: Iterable<Uint8Array>): number {
  let deleted = 0;
  for (const some of chunks(keys, BATCH)) {
    // The kernel stops at the first key that is not there: go on behind it.
    for (let rest: readonly Uint8Array[] = some; rest.length > 0; ) {
      const done = deleteBatch(map, rest);
      deleted += done;
      rest = rest.slice(done + 1);
    }
  }
  return deleted;
}

/** Deletes up to the first key that is missing. Returns how many. */
function deleteBatch(map: Batchable, keys: readonly Uint8Array[]): number {
  try {
    return mapDeleteBatch(map.fd, concatenate(keys, map.info.keySize), keys.length);
  } catch (error) {
    if (!hasNoBatches(error)) throw error;
    const missing = keys.findIndex((key) => !mapDelete(map.fd, key));
    return missing < 0 ? keys.length : missing;
  }
}

function hasNoBatches(error: unknown): boolean {
  return isSystemError(error, "ENOTSUPP", "EOPNOTSUPP", "EINVAL");
}

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(parts.length * size);
  for (const [index, part] of parts.entries()) {
    if (part.length !== size) throw new RangeError(`Cannot use ${part.length} bytes where the map takes ${size}.`);
    whole.set(part, index * size);
  }
  return whole;
}

function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
