/** The data path of the benchmark does what it says: otherwise its speed means nothing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PacketResult, Twin } from "@weir/ebpf/twin";
import {
  BY_DIRECT_ROUTING,
  BY_NAT,
  BY_TUNNEL,
  balance,
  connections,
  counters,
  IPPROTO_TCP,
  IPPROTO_UDP,
  options,
  servers,
  services,
} from "./twin.datapath.ts";

const XDP_DROP = 1;
const XDP_PASS = 2;
const XDP_TX = 3;

const CLIENT_MAC = [2, 0, 0, 0, 0, 9];
const DIRECTOR_MAC = [2, 0, 0, 0, 0, 1];
const SERVER_MAC = [2, 0, 0, 0, 0, 2];
const CLIENT = [192, 168, 0, 7];
const VIP = [10, 0, 0, 1];
const SERVER = [10, 1, 0, 99];
const LOCAL = [10, 1, 0, 1];

const TCP_SYN = 2;
const TCP_ACK = 16;

describe("the benchmark's data path", () => {
  for (const protocol of [IPPROTO_TCP, IPPROTO_UDP]) {
    it(`rewrites protocol ${protocol} by NAT, and both checksums stay right`, () => {
      const { verdict, packet } = run(directorFor(protocol, BY_NAT), packetOf(protocol));
      assert.equal(verdict, XDP_TX);
      assert.deepEqual([...packet.subarray(0, 12)], [...SERVER_MAC, ...DIRECTOR_MAC]);
      assert.deepEqual([...packet.subarray(30, 34), word(packet, 36), packet[22]], [...SERVER, 8080, 63]);
      assert.equal(sumOf(packet.subarray(14, 34)), 0xffff, "IP header");
      assert.equal(transportSum(packet), 0xffff, "transport");
    });
  }

  it("leaves a UDP checksum of zero alone: there is none", () => {
    const packet = packetOf(IPPROTO_UDP);
    packet.fill(0, 40, 42);
    assert.equal(word(run(directorFor(IPPROTO_UDP, BY_NAT), packet).packet, 40), 0);
  });

  it("changes only the link-layer addresses for direct routing", () => {
    const before = packetOf(IPPROTO_TCP);
    const { verdict, packet } = run(directorFor(IPPROTO_TCP, BY_DIRECT_ROUTING), before);
    assert.equal(verdict, XDP_TX);
    assert.deepEqual([...packet], [...SERVER_MAC, ...DIRECTOR_MAC, ...before.subarray(12)]);
  });

  it("puts a right outer header in front for the tunnel", () => {
    const before = packetOf(IPPROTO_TCP);
    const { verdict, packet } = run(directorFor(IPPROTO_TCP, BY_TUNNEL), before);
    assert.equal(verdict, XDP_TX);
    assert.equal(packet.length, before.length + 20);
    assert.deepEqual([...packet.subarray(0, 14)], [...SERVER_MAC, ...DIRECTOR_MAC, 8, 0]);
    assert.deepEqual([packet[14], word(packet, 16), packet[22], packet[23]], [0x45, before.length - 14 + 20, 64, 4]);
    assert.deepEqual([...packet.subarray(26, 34)], [...LOCAL, ...SERVER]);
    assert.equal(sumOf(packet.subarray(14, 34)), 0xffff);
    assert.deepEqual(packet.subarray(34), before.subarray(14));
  });

  it("counts a connection's packets and moves its state from SYN to established", () => {
    const twin = directorFor(IPPROTO_TCP, BY_NAT);
    run(twin, packetOf(IPPROTO_TCP, TCP_SYN));
    run(twin, packetOf(IPPROTO_TCP, TCP_ACK));
    const [entry] = [...twin.map(connections).entries()];
    const [, connection] = entry ?? [];
    assert.deepEqual([connection?.packets, connection?.octets, connection?.state], [2n, 100n, 2]);
    assert.deepEqual([twin.map(counters).get(0)?.packets, twin.map(counters).get(0)?.octets], [2n, 100n]);
  });

  it("passes what is not its business", () => {
    const twin = directorFor(IPPROTO_TCP, BY_NAT);
    const arp = packetOf(IPPROTO_TCP);
    arp.set([8, 6], 12);
    const options = packetOf(IPPROTO_TCP);
    options[14] = 0x46;
    const fragment = packetOf(IPPROTO_TCP);
    fragment[20] = 0x20;
    const dying = packetOf(IPPROTO_TCP);
    dying[22] = 1;
    const otherPort = packetOf(IPPROTO_TCP);
    otherPort[37] = 81;
    const cut = packetOf(IPPROTO_TCP).subarray(0, 53);
    for (const packet of [arp, options, fragment, dying, otherPort, cut, packetOf(IPPROTO_UDP), packetOf(1)]) {
      const result = run(twin, packet);
      assert.deepEqual([result.verdict, result.packet], [XDP_PASS, packet]);
    }
    assert.equal(twin.map(connections).size, 0);
  });

  it("drops what it was configured not to forward", () => {
    const twin = directorFor(IPPROTO_TCP, BY_NAT);
    twin.configure(options, { nat: false });
    assert.equal(run(twin, packetOf(IPPROTO_TCP)).verdict, XDP_DROP);
  });
});

function run(twin: Twin, packet: Uint8Array): PacketResult {
  return twin.xdp(balance, packet, { ingressIfindex: 1 });
}

function directorFor(protocol: number, method: number): Twin {
  const twin = new Twin();
  twin.now = 5_000_000_000n;
  twin.map(services).set({ address: raw(VIP), port: swapped(80), protocol }, { first: 0, count: 1 });
  const server = { address: raw(SERVER), local: raw(LOCAL), port: swapped(8080), method, mac: SERVER_MAC };
  twin.map(servers).set(0, server);
  return twin;
}

/** 64 bytes from the client to port 80 of the VIP, with right checksums. */
function packetOf(protocol: number, flags = TCP_ACK): Uint8Array {
  const packet = new Uint8Array(64);
  const view = new DataView(packet.buffer);
  packet.set([...DIRECTOR_MAC, ...CLIENT_MAC, 8, 0, 0x45]);
  view.setUint16(16, 50);
  packet.set([64, protocol], 22);
  packet.set([...CLIENT, ...VIP], 26);
  view.setUint16(34, 40_000);
  view.setUint16(36, 80);
  for (let i = 54; i < 64; i++) packet[i] = i;
  if (protocol === IPPROTO_TCP) packet.set([0x50, flags], 46);
  if (protocol === IPPROTO_UDP) view.setUint16(38, 30);
  view.setUint16(24, ~sumOf(packet.subarray(14, 34)) & 0xffff);
  view.setUint16(protocol === IPPROTO_UDP ? 40 : 50, ~transportSum(packet) & 0xffff);
  return packet;
}

/** One's complement sum of the pseudo header and the 30 bytes behind the IP header. */
function transportSum(packet: Uint8Array): number {
  const pseudo = Uint8Array.from([...packet.subarray(26, 34), 0, packet[23] ?? 0, 0, 30]);
  return folded(sumOf(pseudo) + sumOf(packet.subarray(34, 64)));
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += word(bytes, i);
  return folded(sum);
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return rest;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Four bytes as a raw word. */
function raw(address: readonly number[]): number {
  return new DataView(Uint8Array.from(address).buffer).getUint32(0, true);
}

/** A port as a raw word. */
function swapped(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8);
}
