/**
 * How many packets a second does the twin carry, on a realistic data path?
 *
 * Input: 1024 TCP and UDP flows of 64-byte packets in random order (seed 1) against one table of 65536 connections. A packet
 * is copied in, the program runs, the verdict is checked. Unit: packets a second of processor time (user and system, garbage
 * collection included: a busy machine does not change it much), median of 9 runs of 400,000.
 *
 * Measured on two shared cores of an AMD EPYC, Node 20, load average 10, in million packets/s:
 *
 *     hit, NAT, TCP 1.45    hit, DR, TCP  1.64    miss, NAT, TCP 0.49 (look up, schedule, insert, look up; later delete)
 *     hit, NAT, UDP 1.67    hit, TUN, TCP 1.50    not a service  3.87
 *
 * Run: node --import tsx bench/twin.bench.ts
 */
import { PacketBuffer, Twin, XDP_SIZES } from "@weir/ebpf/twin";
import {
  BY_DIRECT_ROUTING,
  BY_NAT,
  BY_TUNNEL,
  balance,
  connections,
  IPPROTO_TCP,
  IPPROTO_UDP,
  servers,
  services,
} from "./twin.datapath.ts";

const FLOWS = 1024;
const PACKETS = 400_000;
const RUNS = 9;
const XDP_PASS = 2;
const XDP_TX = 3;

const MAC = [2, 0, 0, 0, 0, 1];
/** 10.0.0.1, as it lies in a packet. */
const VIP = [10, 0, 0, 1] as const;

interface Case {
  readonly name: string;
  readonly protocol: number;
  readonly method: number;
  readonly verdict: number;
  /** Every packet is of a new flow. */
  readonly isMiss?: boolean;
}

const cases: readonly Case[] = [
  { name: "hit, NAT, TCP", protocol: IPPROTO_TCP, method: BY_NAT, verdict: XDP_TX },
  { name: "hit, NAT, UDP", protocol: IPPROTO_UDP, method: BY_NAT, verdict: XDP_TX },
  { name: "hit, DR, TCP", protocol: IPPROTO_TCP, method: BY_DIRECT_ROUTING, verdict: XDP_TX },
  { name: "hit, TUN, TCP", protocol: IPPROTO_TCP, method: BY_TUNNEL, verdict: XDP_TX },
  { name: "miss, NAT, TCP", protocol: IPPROTO_TCP, method: BY_NAT, verdict: XDP_TX, isMiss: true },
  { name: "not a service", protocol: IPPROTO_TCP, method: 0, verdict: XDP_PASS },
];

for (const each of cases) {
  const rates = Array.from({ length: RUNS }, () => measure(each)).sort((a, b) => a - b);
  const [low = 0, median = 0, high = 0] = [rates[0], rates[RUNS >> 1], rates[RUNS - 1]];
  console.log(
    `${each.name.padEnd(16)} ${(median / 1e6).toFixed(2)} M packets/s (${(low / 1e6).toFixed(2)}..${(high / 1e6).toFixed(2)}), ${Math.round(1e9 / median)} ns a packet`,
  );
}

/** Packets a second. */
function measure(each: Case): number {
  const twin = prepare(each);
  const packets = Array.from({ length: FLOWS }, (_, flow) => packet(each.protocol, flow));
  const started = process.cpuUsage();
  carry(twin, each, packets);
  const { user, system } = process.cpuUsage(started);
  return (PACKETS * 1e6) / (user + system);
}

function carry(twin: Twin, each: Case, packets: readonly Uint8Array[]): void {
  const { verdict, isMiss = false } = each;
  const buffer = new PacketBuffer(XDP_SIZES);
  const order = shuffled(FLOWS);
  const table = twin.map(connections);
  for (let i = 0; i < PACKETS; i++) {
    const bytes = packets[order[i & (FLOWS - 1)] ?? 0] ?? new Uint8Array();
    // Another source address makes another flow; the table is emptied before it is full.
    if (isMiss) new DataView(bytes.buffer).setUint32(26, i);
    buffer.load(bytes);
    const got = twin.xdpInPlace(balance, buffer, 1);
    if (got !== verdict) throw new Error(`${each.name}: verdict ${got} instead of ${verdict}`);
    if (isMiss && table.size === 65_000) for (const [key] of table.entries()) table.delete(key);
  }
}

function prepare({ method, protocol }: Case): Twin {
  const twin = new Twin();
  twin.now = 1_000_000_000_000n;
  if (method === 0) return twin;
  const address = raw(VIP);
  twin.map(services).set({ address, port: 0x5000, protocol }, { first: 0, count: 4 });
  for (let server = 0; server < 4; server++) {
    const value = { address: raw([10, 1, 0, server + 1]), local: address, port: 0x901f, method, mac: MAC };
    twin.map(servers).set(server, value);
  }
  return twin;
}

/** A minimal packet to port 80 of the VIP; the bench does not look at checksums, the tests do. */
function packet(protocol: number, flow: number): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, 50);
  view.setUint8(22, 64);
  view.setUint8(23, protocol);
  view.setUint32(26, 0xc0a80000 + flow);
  bytes.set(VIP, 30);
  view.setUint16(34, 1024 + flow);
  view.setUint16(36, 80);
  if (protocol === IPPROTO_TCP) view.setUint8(47, 16);
  else view.setUint16(40, 0x1234);
  return bytes;
}

function raw(address: readonly number[]): number {
  return new DataView(Uint8Array.from(address).buffer).getUint32(0, true);
}

/** Numbers 0..count-1 in a random order that is the same every time. */
function shuffled(count: number): readonly number[] {
  let state = 1;
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const j = state % (i + 1);
    const [a = 0, b = 0] = [numbers[i], numbers[j]];
    numbers[i] = b;
    numbers[j] = a;
  }
  return numbers;
}
