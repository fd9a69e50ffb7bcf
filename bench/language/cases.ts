/**
 * The cases that are measured: which packet, which tables, which verdict.
 */

import { codecOf } from "@weir/ebpf/loader";
import { type FileDescriptor, mapDelete, mapNextKey, mapUpdate } from "@weir/linux";
import { ACK, CLIENT, frame, SYN, TCP, UDP, VIP } from "./frames.ts";
import { BY_DR, BY_NAT, BY_TUN, Connection, Flow, RING, Server, Service, ServiceState } from "./lb.ts";
import type { Maps } from "./rival.ts";

/** What the bench promises of a case: "helpers" 1.05, "arithmetic" 1.15. */
export type Bound = "helpers" | "arithmetic";

export interface Case {
  readonly title: string;
  /** Both `<program>.ts` and `<program>.c`. */
  readonly program: "lb" | "arith";
  readonly bound: Bound;
  readonly packet: Uint8Array;
  readonly verdict: number;
  /** An entry that the program makes, to be taken away again before every run. */
  readonly forgets: { readonly map: string; readonly key: Uint8Array } | null;
  /** Fills the tables as they are before the first run. */
  readonly prepare: (maps: Maps) => void;
}

const XDP_PASS = 2;
const XDP_TX = 3;
const SOURCE_PORT = 40000;

/** One service a method: port, method, and the first place of its ring. */
const SERVICES = [
  { port: 80, method: BY_DR, number: 0 },
  { port: 81, method: BY_NAT, number: 1 },
  { port: 82, method: BY_TUN, number: 2 },
] as const;
const SERVERS_EACH = 4;

export const cases: readonly Case[] = [
  hit("hit, DR, TCP", TCP, 80),
  hit("hit, DR, UDP", UDP, 80),
  hit("hit, NAT, TCP", TCP, 81),
  hit("hit, NAT, UDP", UDP, 81),
  hit("hit, TUN, TCP (push and undo)", TCP, 82),
  {
    ...balanced("miss, DR, TCP (insert and delete)", TCP, 80, SYN),
    verdict: XDP_TX,
    forgets: { map: "connections", key: flowKey(TCP, 80) },
  },
  { ...balanced("pass: not a service", TCP, 9999, ACK), verdict: XDP_PASS },
  {
    title: "arithmetic",
    program: "arith",
    bound: "arithmetic",
    packet: Uint8Array.from({ length: 24 * 12 + 8 }, (_, i) => (i * 151 + 7) & 0xff),
    verdict: XDP_TX,
    forgets: null,
    prepare: () => {},
  },
];

function balanced(title: string, protocol: number, port: number, flags: number): Omit<Case, "verdict"> {
  const packet = frame({ protocol, sourcePort: SOURCE_PORT, destinationPort: port, flags });
  return { title, program: "lb", bound: "helpers", packet, forgets: null, prepare: prepareBalancer };
}

function hit(title: string, protocol: number, port: number): Case {
  const base = balanced(title, protocol, port, ACK);
  const prepare = (maps: Maps): void => {
    base.prepare(maps);
    const service = SERVICES.find((each) => each.port === port);
    if (service === undefined) throw new Error(`No service at port ${port}.`);
    const { number, method } = service;
    const ESTABLISHED = 2;
    const connection = {
      ...server(number * SERVERS_EACH + 1, method),
      packets: 0n,
      octets: 0n,
      lastSeen: 0,
      service: number,
    };
    const value = codecOf(Connection).encode({
      ...connection,
      state: protocol === TCP ? ESTABLISHED : 0,
      padding: new Uint8Array(6),
    });
    mapUpdate(mapOf(maps, "connections"), flowKey(protocol, port), value);
  };
  return { ...base, verdict: XDP_TX, prepare };
}

function prepareBalancer(maps: Maps): void {
  for (const name of ["connections", "services"])
    empty(mapOf(maps, name), name === "services" ? Service.size : Flow.size);
  resetCounters(mapOf(maps, "counters"));
  for (const { port, method, number } of SERVICES) {
    for (const protocol of [TCP, UDP]) {
      const key = codecOf(Service).encode({ address: raw32(VIP), port: raw16(port), protocol });
      mapUpdate(mapOf(maps, "services"), key, codecOf(ServiceState).encode({ number, ring: number * RING }));
    }
    for (let i = 0; i < SERVERS_EACH; i++) {
      const index = number * SERVERS_EACH + i;
      mapUpdate(mapOf(maps, "servers"), word(index), codecOf(Server).encode(server(index, method)));
    }
    for (let place = 0; place < RING; place++) {
      mapUpdate(mapOf(maps, "ring"), word(number * RING + place), word(number * SERVERS_EACH + (place % SERVERS_EACH)));
    }
  }
}

function server(index: number, method: number) {
  return {
    address: raw32([10, 1, 0, index + 1]),
    local: raw32([10, 1, 0, 254]),
    port: raw16(8080),
    method,
    mac: Uint8Array.of(2, 0, 0, 1, 0, index + 1),
  };
}

function flowKey(protocol: number, port: number): Uint8Array {
  const ports = { sourcePort: raw16(SOURCE_PORT), destinationPort: raw16(port) };
  return codecOf(Flow).encode({ source: raw32(CLIENT), destination: raw32(VIP), ...ports, protocol });
}

/** Per-CPU counters start at zero on every CPU. */
function resetCounters(counters: FileDescriptor): void {
  for (const { number } of SERVICES) mapUpdate(counters, word(number), new Uint8Array(PERCPU_ROOM));
}

/** Room for 16 bytes on each of up to 4096 CPUs: the kernel reads as much as it has CPUs. */
const PERCPU_ROOM = 16 * 4096;

function empty(map: FileDescriptor, keySize: number): void {
  const key = new Uint8Array(keySize);
  while (mapNextKey(map, undefined, key)) mapDelete(map, key);
}

function mapOf(maps: Maps, name: string): FileDescriptor {
  const map = maps.get(name);
  if (map === undefined) throw new Error(`The program has no map ${name}.`);
  return map;
}

function word(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** An address as it lies in a packet, read by a little-endian machine. */
function raw32(address: readonly number[]): number {
  return Buffer.from(address).readUInt32LE();
}

function raw16(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8);
}
