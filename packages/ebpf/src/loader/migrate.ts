/**
 * Migration: carries the entries of a pinned map over into a new one of another layout.
 *
 * The old map is only read. It is the pinned one until everything else has succeeded, and then the pin changes hands
 * atomically, so that a failed migration leaves everything as it was.
 */
import type { MapDeclaration } from "../language/map/declaration.ts";
import type { KeyedMap } from "../language/map/keyed.ts";
import type { KeyKind } from "../language/reference.ts";
import type { KernelMap } from "./kernel-map.ts";
import { roundUp } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";
import type { Entry } from "./map-entries.ts";
import type { Plain, PlainInit } from "./plain.ts";
import { possibleCpus } from "./possible-cpus.ts";
import { keyCodec, slotsCodec, valueCodec } from "./typed-map.ts";

/** Turns an entry of the old layout into one of the new, or drops it. Keys and values are bytes as the maps hold them. */
export type Migration = (oldKey: Uint8Array, oldValue: Uint8Array) => Entry | null;

/**
 * A migration in terms of both declarations, for maps whose values are not per CPU.
 *
 *     migrationBetween(flowsV1, flowsV2, (key, { packets }) => [key, { packets, bytes: 0n }])
 */
export function migrationBetween<K1 extends KeyKind, V1 extends KeyKind, K2 extends KeyKind, V2 extends KeyKind>(
  from: KeyedMap<K1, V1>,
  to: KeyedMap<K2, V2>,
  convert: (key: Plain<K1>, value: Plain<V1>) => readonly [key: PlainInit<K2>, value: PlainInit<V2>] | null,
): Migration {
  const oldKey = keyCodec<K1>(from);
  const newKey = keyCodec<K2>(to);
  return viaCodecs({ key: oldKey, value: valueCodec<V1>(from) }, { key: newKey, value: valueCodec<V2>(to) }, convert);
}

/** As migrationBetween, for per-CPU maps: `convert` sees and gives a list with one value for each CPU. */
export function perCpuMigrationBetween<K1 extends KeyKind, V1 extends KeyKind, K2 extends KeyKind, V2 extends KeyKind>(
  from: KeyedMap<K1, V1>,
  to: KeyedMap<K2, V2>,
  convert: (
    key: Plain<K1>,
    values: readonly Plain<V1>[],
  ) => readonly [key: PlainInit<K2>, values: readonly PlainInit<V2>[]] | null,
): Migration {
  const slots = ({ value }: MapDeclaration) => roundUp(value?.size ?? 0) * possibleCpus();
  return viaCodecs(
    { key: keyCodec<K1>(from), value: slotsCodec(valueCodec<V1>(from), slots(from)) },
    { key: keyCodec<K2>(to), value: slotsCodec(valueCodec<V2>(to), slots(to)) },
    convert,
  );
}

interface Decoders<Key, Value> {
  readonly key: { decode(bytes: Uint8Array): Key };
  readonly value: { decode(bytes: Uint8Array): Value };
}

interface Encoders<Key, Value> {
  readonly key: { encode(value: Key): Uint8Array };
  readonly value: { encode(value: Value): Uint8Array };
}

function viaCodecs<Key1, Value1, Key2, Value2>(
  from: Decoders<Key1, Value1>,
  to: Encoders<Key2, Value2>,
  convert: (key: Key1, value: Value1) => readonly [Key2, Value2] | null,
): Migration {
  return (oldKey, oldValue) => {
    const converted = convert(from.key.decode(oldKey), from.value.decode(oldValue));
    return converted && [to.key.encode(converted[0]), to.value.encode(converted[1])];
  };
}

/**
 * Copies all entries of `from` into `to`, which is new and which nobody uses yet.
 *
 * Entries that programs change in `from` meanwhile may arrive as they were before.
 *
 * @throws LoaderError "migration-failed" when the callback throws, gives entries of a wrong size, or the new map is full
 */
export function migrateEntries(from: KernelMap, to: KernelMap, migration: Migration): void {
  const fail = (why: string, cause?: unknown): never => {
    throw new LoaderError({
      code: "migration-failed",
      what: `Cannot carry the entries of the pinned map ${from.name} over into its new layout`,
      why,
      fix: "Correct the migration. The old map is still pinned and untouched.",
      cause,
    });
  };
  if (from.info.keySize === 0 || UNREADABLE.has(from.info.type)) {
    fail(`entries of a ${from.info.type} cannot be read without taking them out`);
  }
  function* converted(): Generator<Entry> {
    for (const [key, value] of from.entries()) {
      const entry = callMigration(migration, key, value, fail);
      if (entry === null) continue;
      if (entry[0].length !== to.info.keySize || entry[1].length !== to.valueBytes) {
        fail(
          `it gave a key of ${entry[0].length} and a value of ${entry[1].length} bytes, and the new map takes ` +
            `${to.info.keySize} and ${to.valueBytes}`,
        );
      }
      yield entry;
    }
  }
  try {
    to.updateMany(converted());
  } catch (error) {
    if (error instanceof LoaderError && error.code === "migration-failed") throw error;
    fail(error instanceof Error ? error.message : String(error), error);
  }
}

function callMigration(
  migration: Migration,
  key: Uint8Array,
  value: Uint8Array,
  fail: (why: string, cause?: unknown) => never,
): Entry | null {
  try {
    return migration(key, value);
  } catch (error) {
    return fail(`the migration threw on key ${Buffer.from(key).toString("hex")}: ${error}`, error);
  }
}

/** Kinds that user space fills with live things: their entries read back as numbers that cannot be put in again. */
const UNREADABLE: ReadonlySet<string> = new Set(["array_of_maps", "hash_of_maps", "sockmap", "sockhash", "ringbuf"]);
