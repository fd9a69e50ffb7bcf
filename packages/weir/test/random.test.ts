/**
 * Random packets, valid, cut short and hostile, through the twin and the compiled program: verdicts, bytes and tables equal.
 */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import type { RealServer, WantedState } from "../src/model/service.ts";
import { directorInKernel, directorInTwin } from "./testing/director.ts";
import { assertAccounts, hex } from "./testing/fixture.ts";
import { sctp, tcp, udp } from "./testing/frame.ts";
import { fromClient, fromServer, oneServer, RIP, RIP6, site, VIP, VIP6 } from "./testing/site.ts";

const PACKETS = 3_000;

/** Every method on a port of its own, for both families and all protocols. */
const SERVERS: readonly Partial<RealServer>[] = [
  { method: "masquerading", port: 8080 },
  { method: "direct-routing" },
  { method: "tunneling" },
  { method: "tunneling", tunnel: { kind: "gue", port: 6080, checksum: true } },
  { method: "tunneling", tunnel: { kind: "gre", checksum: true } },
  { method: "masquerading", weight: 0 },
];
const PORTS = SERVERS.map((_, index) => 80 + index);

const state: WantedState = {
  services: (["tcp", "udp", "sctp"] as const).flatMap((protocol) =>
    SERVERS.flatMap((server, index) => {
      const port = 80 + index;
      return [
        ...oneServer({ protocol, port }, { port, ...server }).services,
        ...oneServer({ protocol, address: VIP6, port }, { port, address: RIP6, ...server }).services,
      ];
    }),
  ),
};

rootTest(`${PACKETS} random packets do the same in the twin and in the kernel`, () => {
  const { WEIR_SEED } = process.env;
  const seed = Number(WEIR_SEED ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  using twin = directorInTwin(state, site);
  using kernel = directorInKernel(state, site);
  for (let index = 0; index < PACKETS; index++) {
    const packet = randomPacket(random);
    const [ours, theirs] = [twin.send(packet), kernel.send(packet)];
    assert.deepEqual(
      { verdict: theirs.verdict, packet: hex(theirs.packet) },
      { verdict: ours.verdict, packet: hex(ours.packet) },
      `seed ${seed}, packet ${index}: ${Buffer.from(packet).toString("hex")}`,
    );
  }
  const tables = twin.snapshot();
  assert.deepEqual(kernel.snapshot(), tables, `seed ${seed}`);
  assertAccounts(tables.outcomes, PACKETS);
  for (const outcome of ["forwarded", "noRealServer", "malformed", "notOurs", "noConnection"] as const) {
    assert.ok(
      (tables.outcomes[outcome] ?? 0) > 20,
      `seed ${seed}: only ${tables.outcomes[outcome]} packets ${outcome}`,
    );
  }
});

type Random = (below: number) => number;

/**
 * Where "don't fragment" lies, behind 0 to 2 tags. It stays set: tunnels number the packets without it, and each CPU of the kernel counts on
 * its own.
 */
const DONT_FRAGMENT_AT = [20, 24, 28];

function randomPacket(random: Random): Uint8Array {
  const frame = validPacket(random);
  if (random(4) === 0) return frame.subarray(0, 14 + random(frame.length - 13));
  if (random(3) !== 0) return frame;
  for (let changes = random(3); changes >= 0; changes--) {
    const at = 12 + random(Math.min(60, frame.length - 12));
    if (!DONT_FRAGMENT_AT.includes(at)) frame[at] = random(256);
  }
  return frame;
}

function validPacket(random: Random): Uint8Array {
  const isIpv6 = random(2) === 0;
  const client = `${isIpv6 ? "[fd00:a::10]" : "10.1.1.10"}:${40_000 + random(6)}`;
  const port = PORTS[random(PORTS.length)] ?? 80;
  const isReply = random(4) === 0;
  const server = isReply ? `${isIpv6 ? `[${RIP6}]` : RIP}:8080` : `${isIpv6 ? `[${VIP6}]` : VIP}:${port}`;
  const vlans = [[], [], [7], [7, 9]][random(4)] ?? [];
  const link = { ...(isReply ? fromServer : fromClient), vlans };
  const network = {
    ...{ from: isReply ? server : client, to: isReply ? client : server },
    ...{ ttl: 1 + random(4), tos: random(256), options: random(3) === 0 ? [1, 1, 1, 0] : [] },
  };
  const data = "x".repeat(random(8) === 0 ? random(2000) : random(100));
  const protocol = random(3);
  if (protocol === 0) return tcp(link, network, { flags: ["S", "SA", "A", "FA", "R", "PA"][random(6)] ?? "S", data });
  if (protocol === 1) return udp(link, network, { data, checksum: random(3) === 0 ? "none" : "right" });
  return sctp(link, network, { chunk: random(16), data });
}

/** Weyl sequence with a multiplicative finish. */
function randomFrom(seed: number): Random {
  let at = seed >>> 0;
  return (below) => {
    at = (at + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}
