/**
 * The twin's helpers against the kernel's: random calls with random arguments, three a packet, through the same compiled
 * program. Return values, lengths, what the stack notes, and every byte of the packet are compared.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { rootTest } from "@weir/linux/testing";
import { compile } from "../compiler/index.ts";
import { type Collection, load } from "../loader/index.ts";
import type { PlainInit } from "../loader/plain.ts";
import * as programs from "./testing/helper-programs.ts";
import { chooseSeed, type Random, randomFrom } from "./testing/random.ts";
import { Twin } from "./twin.ts";

const PACKETS = 1_000;
const CALLS = 3;

type Request = PlainInit<typeof programs.Request>;

rootTest(`XDP: ${PACKETS} packets' ends are moved as the kernel moves them`, () => {
  compare(programs.moveEnds.name, askXdp, (twin, packet) => twin.xdp(programs.moveEnds, packet).packet);
});

rootTest(`tcx: ${PACKETS} packets are changed as the kernel changes them`, () => {
  compare(programs.changePacket.name, askSkb, (twin, packet) => twin.skb(programs.changePacket, packet).packet);
});

function compare(
  name: string,
  ask: (random: Random, length: number) => Request,
  run: (twin: Twin, packet: Uint8Array) => Uint8Array,
): void {
  const seed = chooseSeed();
  const random = randomFrom(seed);
  const twin = new Twin();
  using kernel = load(compileHelpers(name));
  for (let i = 0; i < PACKETS; i++) {
    const packet = randomPacket(random);
    const requests = settled(Array.from({ length: CALLS }, () => ask(random, packet.length)));
    prepare(twin, kernel, requests);
    const live = kernel.program(name).testRun(packet, { dataOutSize: 65_536 }).data;
    const expected = { answers: kernelAnswers(kernel), packet: Buffer.from(live).toString("hex") };
    const left = run(twin, packet);
    const got = { answers: twinAnswers(twin), packet: Buffer.from(left).toString("hex") };
    const told = JSON.stringify(requests, (_, value) => (typeof value === "bigint" ? `${value}` : value));
    assert.deepEqual(got, expected, `seed ${seed}, packet ${i} of ${packet.length} bytes, requests ${told}`);
  }
}

function compileHelpers(program: string) {
  return compile("helper-programs.ts", {
    readSource: (path) => readFileSync(new URL(`testing/${path}`, import.meta.url), "utf8"),
    programs: [program],
  });
}

function prepare(twin: Twin, kernel: Collection, requests: readonly Request[]): void {
  for (let index = 0; index < CALLS; index++) {
    const request = requests[index] ?? NO_CALL;
    kernel.map(programs.requests).update(index, request);
    kernel.map(programs.answers).update(index, {});
    twin.map(programs.requests).set(index, request);
    twin.map(programs.answers).set(index, {});
  }
}

/** An operation that no program knows. */
const NO_CALL: Request = { operation: 99 };

type Answer = readonly [result: number, length: number, protocol: number, level: number, loaded: bigint];

function kernelAnswers(kernel: Collection): readonly Answer[] {
  return Array.from({ length: CALLS }, (_, index) => {
    const answer = kernel.map(programs.answers).lookup(index);
    const request = kernel.map(programs.requests).lookup(index);
    return listed(answer, request);
  });
}

function twinAnswers(twin: Twin): readonly Answer[] {
  return Array.from({ length: CALLS }, (_, index) => {
    const answer = twin.map(programs.answers).get(index);
    const request = twin.map(programs.requests).get(index);
    return listed(answer, request);
  });
}

function listed(
  answer:
    | { readonly result: number; readonly length: number; readonly protocol: number; readonly level: number }
    | null
    | undefined,
  request: { readonly flags64: bigint } | null | undefined,
): Answer {
  if (!answer || !request) throw new Error("The elements of an array are always there.");
  return [answer.result, answer.length, answer.protocol, answer.level, request.flags64];
}

/** IPv4 mostly, some IPv6 and ARP: what helpers look at is the EtherType alone. */
function randomPacket(random: Random): Uint8Array {
  const packet = Uint8Array.from({ length: 64 + random(200) }, () => random(256));
  // Byte 0 is even: the kernel's test run looks at the destination to tell the packet's type.
  packet.set([2, 0, 0, 0, 0, 1], 0);
  packet.set(random(6) === 0 ? [0x08, 0x06] : random(3) === 0 ? [0x86, 0xdd, 0x60] : [0x08, 0x00, 0x45], 12);
  return packet;
}

/**
 * Takes out what depends on how the test run made its packet. It sets no transport header, and marks that with an offset of
 * 0xffff; growing beyond the headroom moves the mark as if it were an offset, and `changeTail` then goes by it. Packets
 * that arrive at tcx have a transport header.
 */
function settled(requests: readonly Request[]): readonly Request[] {
  const growing = [programs.CHANGE_HEAD, programs.ADJUST_ROOM, programs.CHANGE_PROTOCOL];
  const grows = requests.findIndex(({ operation }) => growing.includes(operation ?? 0));
  return requests.filter(({ operation }, index) => grows < 0 || index < grows || operation !== programs.CHANGE_TAIL);
}

function askXdp(random: Random, length: number): Request {
  const near = [
    -217,
    -216,
    -40,
    -20,
    -14,
    0,
    14,
    20,
    length - 15,
    length - 14,
    length - 13,
    -length + 14,
    -length + 13,
  ];
  const far = [3520 - length, 3521 - length, -5000, 5000];
  const delta = random(6) === 0 ? pick(random, far) : pick(random, near);
  return { operation: random(2), delta };
}

function askSkb(random: Random, length: number): Request {
  const operation = random(10);
  const offset = offsetFor(operation, random, length);
  const word = () => pick(random, [0, 1, 0xff, 0xffff, 0x10000, 0xffffffff, random(0x10000), random(0xffffffff)]);
  const common = { operation, offset, from: word(), to: word(), flags: pick(random, [0, 0, 0, 1, 2, 3, 4, 8]) };
  switch (operation) {
    case programs.STORE_BYTES:
      return { ...common, flags64: BigInt(word()) << 31n };
    case programs.L3_CHECKSUM:
      return { ...common, from: random(4) === 0 ? 0 : common.from, flags: pick(random, [0, 2, 4, 2, 4, 3, 0x10]) };
    case programs.L4_CHECKSUM:
      return {
        ...common,
        from: random(4) === 0 ? 0 : common.from,
        flags: pick(random, [0, 2, 4, 2, 4, 3]) | pick(random, [0, 0x10, 0x20, 0x30, 0x60, 0x70, 0x200]),
      };
    case programs.ADJUST_ROOM:
      return {
        operation,
        delta: pick(random, [-4096, -60, -40, -28, -20, -4, 0, 4, 20, 28, 40, 60, 4095, 4096]),
        from: pick(random, [0, 1, 1, 1, 2]),
        flags64: random(3) === 0 ? 0n : roomFlags(random),
      };
    case programs.CHECKSUM_LEVEL:
      return { operation, from: random(5) };
    default:
      return common;
  }
}

/** Few bits at a time, from those that this kernel knows: flags for decapsulation came with Linux 6.3. */
function roomFlags(random: Random): bigint {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const bits = major > 6 || (major === 6 && minor >= 3) ? 0x400 : 0x80;
  return BigInt(random(bits) & random(bits)) | (BigInt(random(3) * 14) << 56n);
}

function offsetFor(operation: number, random: Random, length: number): number {
  switch (operation) {
    case programs.CHANGE_HEAD:
      return pick(random, [0, 4, 14, 200, 16_064 - length, 16_065 - length, 0x80000000, 0xffffffff]);
    case programs.CHANGE_TAIL:
      return pick(random, [0, 13, 14, 33, 34, 40, length - 1, length, length + 9, 16_064, 16_065]);
    case programs.CHANGE_PROTOCOL:
      return pick(random, [0x0800, 0x86dd, 0x0806]);
    default:
      return pick(random, [
        0,
        13,
        24,
        40,
        50,
        length - 9,
        length - 8,
        length - 7,
        length - 2,
        length,
        0x10000,
        0x80000000,
      ]);
  }
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[random(values.length)];
  if (value === undefined) throw new Error("There is nothing to pick from.");
  return value;
}
