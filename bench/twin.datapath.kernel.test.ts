/**
 * The benchmark's data path in both worlds: random packets in lock step, verdicts, bytes and at the end all tables equal.
 * What is fast here is the same program that the kernel runs.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compile } from "@weir/ebpf/compiler";
import { load } from "@weir/ebpf/loader";
import { Twin } from "@weir/ebpf/twin";
import { rootTest } from "@weir/linux/testing";
import * as path from "./twin.datapath.ts";

const PACKETS = 1_500;
const MAC = [2, 0, 0, 0, 0, 2];

rootTest(`${PACKETS} random packets take the same way in the twin and in the kernel`, () => {
  const { WEIR_SEED } = process.env;
  const seed = Number(WEIR_SEED ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  const compiled = compile("twin.datapath.ts", {
    readSource: (name) => readFileSync(new URL(name, import.meta.url), "utf8"),
  });
  using kernel = load(compiled);
  const twin = new Twin();
  for (const [index, method] of [path.BY_NAT, path.BY_DIRECT_ROUTING, path.BY_TUNNEL].entries()) {
    for (const protocol of [path.IPPROTO_TCP, path.IPPROTO_UDP]) {
      const key = { address: 0x0100000a, port: 0x5000 + index, protocol };
      const state = { first: index * 2, count: 2 };
      kernel.map(path.services).update(key, state);
      twin.map(path.services).set(key, state);
    }
    for (const number of [index * 2, index * 2 + 1]) {
      const server = { address: 0x6300010a + number, local: 0x0100010a, port: 0x901f, method, mac: MAC };
      kernel.map(path.servers).update(number, { ...server, mac: Uint8Array.from(MAC) });
      twin.map(path.servers).set(number, server);
    }
  }

  for (let i = 0; i < PACKETS; i++) {
    const packet = randomPacket(random);
    const told = `seed ${seed}, packet ${i}: ${Buffer.from(packet).toString("hex")}`;
    const expected = kernel.program("balance").testRun(packet);
    const got = twin.xdp(path.balance, packet);
    assert.equal(got.verdict, expected.returnValue, told);
    assert.equal(Buffer.from(got.packet).toString("hex"), Buffer.from(expected.data).toString("hex"), told);
  }

  const kernelTable = [...kernel.map(path.connections).entries()].map(([flow, connection]) => line(flow, connection));
  const twinTable = [...twin.map(path.connections).entries()].map(([flow, connection]) => line(flow, connection));
  assert.ok(twinTable.length > 50, `only ${twinTable.length} connections: the packets test nothing`);
  assert.deepEqual(twinTable.sort(), kernelTable.sort(), `seed ${seed}`);
});

interface Flow {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
}

interface Connection {
  readonly packets: bigint;
  readonly octets: bigint;
  readonly address: number;
  readonly port: number;
  readonly method: number;
  readonly state: number;
}

/** Both clocks are right and differ: `lastSeen` is not compared. */
function line(flow: Flow, connection: Connection): string {
  const { source, destination, sourcePort, destinationPort, protocol } = flow;
  const { packets, octets, address, port, method, state } = connection;
  const parts = [
    source,
    destination,
    sourcePort,
    destinationPort,
    protocol,
    packets,
    octets,
    address,
    port,
    method,
    state,
  ];
  return parts.map((part) => part.toString(16)).join(" ");
}

/** A packet to one of the services, mostly; now and then with a byte changed anywhere or its end cut off. */
function randomPacket(random: Random): Uint8Array {
  const packet = Uint8Array.from({ length: 54 + random(20) }, () => random(256));
  const view = new DataView(packet.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(20, 0);
  view.setUint8(22, 2 + random(254));
  view.setUint8(23, random(3) === 0 ? path.IPPROTO_UDP : path.IPPROTO_TCP);
  view.setUint32(26, 0xc0a80000 + random(40));
  view.setUint32(30, 0x0a000001);
  view.setUint16(34, 1024 + random(2));
  // Ports 80, 336 and 592 in network order: 0x5000, 0x5001 and 0x5002 as raw words.
  view.setUint16(36, 80 + 256 * random(3));
  if (random(8) === 0) packet[random(packet.length)] = random(256);
  return random(20) === 0 ? packet.subarray(0, 14 + random(40)) : packet;
}

/** A whole number from 0 to below its argument. */
type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
