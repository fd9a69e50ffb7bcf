/**
 * Are the rivals the same program? Verdict, packet and every map entry are compared before anything is measured.
 */
import assert from "node:assert/strict";
import { type FileDescriptor, mapInfo, mapLookup, mapNextKey, programTestRun } from "@weir/linux";
import type { Case } from "./cases.ts";
import type { Code } from "./elf.ts";
import { checksumFault } from "./frames.ts";
import { Connection } from "./lb.ts";
import { loadCode, type Maps, type Pair } from "./rival.ts";

/** How many frames with random changes follow the case's own packet. */
const RANDOM_FRAMES = 2000;

interface Trace {
  readonly verdicts: readonly number[];
  /** The packets as they were left, in hexadecimal digits. */
  readonly packets: readonly string[];
  /** The tables after the last packet. */
  readonly entries: readonly string[];
}

/**
 * Runs both on the case's packet and on random variations of it, from the same tables.
 *
 * @param random numbers of 0..1
 * @returns the case's packet as both leave it
 * @throws AssertionError at the first difference
 */
export function checkAgreement(each: Case, pair: Pair, maps: Maps, random: () => number): Uint8Array {
  const packets = [each.packet, ...Array.from({ length: RANDOM_FRAMES }, () => vary(each.packet, random))];
  const ours = trace(each, pair.typescript, maps, packets);
  const theirs = trace(each, pair.c, maps, packets);
  for (const [index, packet] of packets.entries()) {
    const what = `${each.title}: TypeScript and C differ on ${Buffer.from(packet).toString("hex")}`;
    assert.equal(ours.verdicts[index], theirs.verdicts[index], what);
    assert.equal(ours.packets[index], theirs.packets[index], what);
  }
  assert.deepEqual(ours.entries, theirs.entries, `${each.title}: TypeScript and C leave different tables`);
  assert.equal(ours.verdicts[0], each.verdict, `${each.title}: verdict`);
  const left = Buffer.from(ours.packets[0] ?? "", "hex");
  if (each.program === "lb") assert.equal(checksumFault(left), null, `${each.title}: a wrong checksum`);
  return left;
}

function trace(each: Case, code: Code, maps: Maps, packets: readonly Uint8Array[]): Trace {
  each.prepare(maps);
  const program = loadCode("trace", code, maps);
  const results = packets.map((packet) => programTestRun(program, { data: packet }));
  program.close();
  return {
    verdicts: results.map(({ returnValue }) => returnValue),
    packets: results.map(({ data }) => Buffer.from(data).toString("hex")),
    entries: [...maps].flatMap(([name, map]) => dump(name, map)),
  };
}

/** All entries but those that are zero. The tick of `lastSeen` may differ by the time between two runs; it is left out. */
function dump(name: string, map: FileDescriptor): readonly string[] {
  // Only these are written to by the program.
  if (name !== "connections" && name !== "counters") return [];
  const { keySize, valueSize } = mapInfo(map);
  const key = new Uint8Array(keySize);
  const value = new Uint8Array(name === "counters" ? valueSize * 4096 : valueSize);
  const lastSeen = Connection.fields.find((field) => field.name === "lastSeen");
  const entries: string[] = [];
  for (let more = mapNextKey(map, undefined, key); more; more = mapNextKey(map, key, key)) {
    mapLookup(map, key, value);
    if (value.every((byte) => byte === 0)) continue;
    if (name === "connections" && lastSeen !== undefined)
      value.fill(0, lastSeen.offset, lastSeen.offset + lastSeen.size);
    const total = name === "counters" ? sumOfCpus(value) : Buffer.from(value).toString("hex");
    entries.push(`${name} ${Buffer.from(key).toString("hex")}: ${total}`);
  }
  return entries.sort();
}

/** Packets and octets of all CPUs together: the two runs may have happened on different ones. */
function sumOfCpus(values: Uint8Array): string {
  const words = new BigUint64Array(values.buffer);
  let packets = 0n;
  let octets = 0n;
  for (let i = 0; i < words.length; i += 2) {
    packets += words[i] ?? 0n;
    octets += words[i + 1] ?? 0n;
  }
  return `${packets} packets, ${octets} octets`;
}

/** One to three bytes changed, sometimes the end cut off. */
function vary(packet: Uint8Array, random: () => number): Uint8Array {
  const bytes = Uint8Array.from(packet);
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return random() < 0.1 ? bytes.subarray(0, 14 + Math.floor(random() * (bytes.length - 14))) : bytes;
}
