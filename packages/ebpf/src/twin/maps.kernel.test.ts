/**
 * The twin's tables against the kernel's maps: the same random operations on both, every answer compared.
 *
 * Least-recently-used maps are left out: the kernel's choice of a victim is an approximation that depends on CPUs and
 * batches, and programs may not rely on it.
 */
import assert from "node:assert/strict";
import { addressOf, type BpfCommand, bpf, type FileDescriptor, type MapType, mapCreate, mapFlags } from "@weir/linux";
import { rootTest } from "@weir/linux/testing";
import { array } from "../language/array.ts";
import { u32, u64 } from "../language/integer.ts";
import { bytes } from "../language/kind.ts";
import { type AnyLayout, struct } from "../language/layout.ts";
import type { MapDeclaration } from "../language/map/declaration.ts";
import { hash, lpmTrie, percpuArray, percpuHash } from "../language/map/keyed.ts";
import { queue, stack } from "../language/map/queue.ts";
import { Memory } from "../language/memory.ts";
import type { AnyRef } from "../language/reference.ts";
import { possibleCpus } from "../loader/possible-cpus.ts";
import { TwinMachine } from "./machine.ts";
import { chooseSeed, type Random, randomFrom } from "./testing/random.ts";

const OPERATIONS = 5_000;

const Key = struct({ size: 8, fields: { number: u32, rest: bytes(4) } });
const Prefix = struct({ size: 8, fields: { length: u32, address: bytes(4) } });
const Value = struct({ size: 8, fields: { number: u64 } });

interface Comparison {
  readonly map: MapDeclaration;
  readonly type: MapType;
  /** Writes a random key: few different ones, so that operations meet. */
  readonly fillKey: (key: DataView, random: Random) => void;
}

const keyed: readonly Comparison[] = [
  { map: array("array", { value: Value, maxEntries: 5 }), type: "array", fillKey: fillIndex },
  { map: percpuArray("percpu_array", { value: Value, maxEntries: 5 }), type: "percpu_array", fillKey: fillIndex },
  { map: hash("hash", { key: Key, value: Value, maxEntries: 12 }), type: "hash", fillKey: fillHashKey },
  {
    map: hash("hash_late", { key: Key, value: Value, maxEntries: 12, preallocate: false }),
    type: "hash",
    fillKey: fillHashKey,
  },
  {
    map: percpuHash("percpu_hash", { key: Key, value: Value, maxEntries: 12 }),
    type: "percpu_hash",
    fillKey: fillHashKey,
  },
  { map: lpmTrie("trie", { key: Prefix, value: Value, maxEntries: 12 }), type: "lpm_trie", fillKey: fillPrefix },
];

for (const { map, type, fillKey } of keyed) {
  rootTest(`${map.name}: ${OPERATIONS} random operations are answered as the kernel answers them`, () => {
    const seed = chooseSeed();
    const random = randomFrom(seed);
    const cpus = possibleCpus();
    const machine = new TwinMachine({ cpus });
    const table = machine.openKeyed(map);
    using kernel = createMap(map, type);
    const isPerCpu = type.startsWith("percpu");
    const key = scratch(map.key);
    const value = scratch(map.value);
    // One slot for each possible CPU, as system calls see per-CPU values.
    const slots = new Uint8Array(8 * (isPerCpu ? cpus : 1));

    for (let i = 0; i < OPERATIONS; i++) {
      fillKey(key.$memory.view, random);
      const where = `seed ${seed}, operation ${i}, key ${Buffer.from(key.$memory.bytes).toString("hex")}`;
      const choice = random(4);
      if (choice < 2) {
        value.$memory.view.setUint32(0, i, true);
        for (let slot = 0; slot < slots.length; slot += 8) slots.set(value.$memory.bytes, slot);
        const flags = random(8) === 0 ? 3 + random(2) * 5 : random(3);
        const expected = call("BPF_MAP_UPDATE_ELEM", kernel, key.$memory.bytes, slots, flags);
        assert.equal(table.update(key, value, flags), expected, `update with flags ${flags}: ${where}`);
        if (expected === 0) table.values.storeAll(table.find(key), value);
      } else if (choice === 2) {
        const expected = call("BPF_MAP_DELETE_ELEM", kernel, key.$memory.bytes, null, 0);
        assert.equal(table.delete(key), expected, `delete: ${where}`);
      } else {
        const expected = call("BPF_MAP_LOOKUP_ELEM", kernel, key.$memory.bytes, slots, 0);
        const found = table.lookup(key);
        assert.equal(found !== null, expected === 0, `lookup: ${where}`);
        if (found !== null) assert.deepEqual(bytesOf(found, 8), slots.slice(0, 8), `value: ${where}`);
      }
    }
    assert.deepEqual(
      twinEntries(table.elements(), table.values),
      kernelEntries(kernel, key.$layout.size, slots),
      `entries: seed ${seed}`,
    );
  });
}

for (const [map, type] of [
  [queue("queue", { value: Value, maxEntries: 4 }), "queue"],
  [stack("stack", { value: Value, maxEntries: 4 }), "stack"],
] as const) {
  rootTest(`${type}: ${OPERATIONS} random operations are answered as the kernel answers them`, () => {
    const seed = chooseSeed();
    const random = randomFrom(seed);
    const table = new TwinMachine().openQueue(map);
    using kernel = createMap(map, type);
    const value = scratch(map.value);
    const answer = new Uint8Array(8);
    for (let i = 0; i < OPERATIONS; i++) {
      const where = `seed ${seed}, operation ${i}`;
      const choice = random(5);
      if (choice < 3) {
        value.$memory.view.setUint32(0, i, true);
        const flags = random(4);
        const expected = call("BPF_MAP_UPDATE_ELEM", kernel, null, value.$memory.bytes, flags);
        assert.equal(table.push(value, flags), expected, `push with flags ${flags}: ${where}`);
      } else {
        const command = choice === 3 ? "BPF_MAP_LOOKUP_AND_DELETE_ELEM" : "BPF_MAP_LOOKUP_ELEM";
        const expected = call(command, kernel, null, answer, 0);
        assert.equal(choice === 3 ? table.pop(value) : table.peek(value), expected, `${command}: ${where}`);
        if (expected === 0) assert.deepEqual(value.$memory.bytes, answer, `value: ${where}`);
      }
    }
  });
}

function createMap(map: MapDeclaration, type: MapType): FileDescriptor {
  return mapCreate({
    type,
    keySize: map.key?.size ?? 0,
    valueSize: 8,
    maxEntries: map.maxEntries,
    flags: map.preallocate ? 0 : mapFlags.noPrealloc,
    name: map.name,
  });
}

/** The element commands of bpf(2) as they come: 0 or a negative errno. Offsets are those of union bpf_attr. */
function call(
  command: BpfCommand,
  map: FileDescriptor,
  key: Uint8Array | null,
  value: Uint8Array | null,
  flags: number,
): number {
  const attributes = new Uint8Array(32);
  const view = new DataView(attributes.buffer);
  view.setUint32(0, map.number, true);
  if (key !== null) view.setBigUint64(8, addressOf(key), true);
  if (value !== null) view.setBigUint64(16, addressOf(value), true);
  view.setBigUint64(24, BigInt(flags), true);
  return bpf(command, attributes);
}

/** All entries of a kernel map as text, sorted. */
function kernelEntries(map: FileDescriptor, keySize: number, slots: Uint8Array): readonly string[] {
  const entries: string[] = [];
  let previous: Uint8Array | null = null;
  for (;;) {
    const next: Uint8Array = new Uint8Array(keySize);
    // For this command the second pointer says where the next key goes.
    if (call("BPF_MAP_GET_NEXT_KEY", map, previous, next, 0) !== 0) return entries.sort();
    assert.equal(call("BPF_MAP_LOOKUP_ELEM", map, next, slots, 0), 0);
    entries.push(entryText(next, slots.subarray(0, 8)));
    previous = next;
  }
}

function twinEntries(
  elements: Iterable<readonly [AnyRef, number]>,
  values: { referenceOf(element: number, cpu: number): AnyRef },
): readonly string[] {
  const entries = [...elements].map(([key, element]) =>
    entryText(bytesOf(key, key.$layout.size), bytesOf(values.referenceOf(element, 0), 8)),
  );
  return entries.sort();
}

function entryText(key: Uint8Array, value: Uint8Array): string {
  return `${Buffer.from(key).toString("hex")}=${Buffer.from(value).toString("hex")}`;
}

function bytesOf(reference: AnyRef, size: number): Uint8Array {
  return reference.$memory.bytes.slice(reference.$at, reference.$at + size);
}

function scratch(layout: AnyLayout | null): AnyRef {
  if (layout === null) throw new Error("This map has no such layout.");
  return layout.reference(Memory.zeroed(layout.size), 0);
}

function fillIndex(key: DataView, random: Random): void {
  key.setUint32(0, random(20) === 0 ? 0xffffffff : random(7), true);
}

function fillHashKey(key: DataView, random: Random): void {
  key.setUint32(0, random(16), true);
  key.setUint8(7, random(2));
}

/** Addresses with few ones, so that prefixes nest. */
function fillPrefix(key: DataView, random: Random): void {
  key.setUint32(0, random(34), true);
  const bit = () => (random(3) === 0 ? 1 << random(8) : 0);
  for (let byte = 4; byte < 8; byte++) key.setUint8(byte, random(4) === 0 ? bit() | bit() : 0);
}
