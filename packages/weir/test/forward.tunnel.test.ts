/** Tunneling: the packet inside another one, of either family, and who is told when it does not fit. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Tunnel } from "../src/model/service.ts";
import { directorInTwin } from "./testing/director.ts";
import { fixture, hex } from "./testing/fixture.ts";
import { ethernet, gre, gue, icmp, tcp } from "./testing/frame.ts";
import { fromClient, oneServer, RIP, RIP6, SILENT_RIP, site, toClient, toServer, VIP, VIP6 } from "./testing/site.ts";

const DIP = "192.168.1.1";
const DIP6 = "[fd00:b::1]";
const CLIENT = "10.1.1.10:40000";
const CLIENT6 = "[fd00:a::10]:40000";
const method = "tunneling";

/** A SYN as it arrives and as it is inside, with a DSCP and "congestion experienced". */
const syn = (ttl: number) => tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, tos: 0x2f, ttl }, { flags: "S" });
const syn6 = (ttl: number) => tcp(fromClient, { from: CLIENT6, to: `[${VIP6}]:80`, tos: 0x2f, ttl }, { flags: "S" });
const packetOf = (frame: Uint8Array) => frame.subarray(14);

/** "Don't fragment" with identification 0, and congestion not copied outwards. */
const outer = { from: DIP, to: RIP, tos: 0x2e, ttl: 63, identification: 0 };
const outer6 = { from: DIP6, to: `[${RIP6}]`, tos: 0x2e, ttl: 63 };

fixture("IPIP: IPv4 in IPv4", {
  network: site,
  state: oneServer({}, { method }),
  steps: [{ arrives: syn(64), verdict: "forwarded", leaves: ethernet(toServer, outer, 4, packetOf(syn(63))) }],
  outcomes: { forwarded: 1 },
  after: ({ traffic }) => assert.equal(traffic[0]?.bytesIn, 40),
});

fixture("IPIP: IPv4 in IPv6", {
  network: site,
  state: oneServer({}, { method, address: RIP6 }),
  steps: [{ arrives: syn(64), verdict: "forwarded", leaves: ethernet(toServer, outer6, 4, packetOf(syn(63))) }],
  outcomes: { forwarded: 1 },
});

fixture("IPIP: IPv6 in IPv6", {
  network: site,
  state: oneServer({ address: VIP6 }, { method, address: RIP6 }),
  steps: [{ arrives: syn6(64), verdict: "forwarded", leaves: ethernet(toServer, outer6, 41, packetOf(syn6(63))) }],
  outcomes: { forwarded: 1 },
});

for (const checksum of [false, true]) {
  const tunnel = { kind: "gre", checksum } as const;
  fixture(`GRE ${checksum ? "with" : "without"} checksum`, {
    network: site,
    state: oneServer({}, { method, tunnel }),
    steps: [{ arrives: syn(64), verdict: "forwarded", leaves: gre(toServer, outer, packetOf(syn(63)), checksum) }],
    outcomes: { forwarded: 1 },
  });
  fixture(`GRE ${checksum ? "with" : "without"} checksum, IPv6`, {
    network: site,
    state: oneServer({ address: VIP6 }, { method, tunnel, address: RIP6 }),
    steps: [{ arrives: syn6(64), verdict: "forwarded", leaves: gre(toServer, outer6, packetOf(syn6(63)), checksum) }],
    outcomes: { forwarded: 1 },
  });
}

describe("GUE", () => {
  for (const checksum of [false, true]) {
    const tunnel: Tunnel = { kind: "gue", port: 6080, checksum };
    it(`${checksum ? "with" : "without"} checksum, from a port of Linux' local range that depends on the flow`, () => {
      using world = directorInTwin(oneServer({}, { method, tunnel }), site);
      const { packet } = world.send(syn(64));
      const port = Buffer.from(packet).readUInt16BE(34);
      assert.ok(port >= 32_768 && port <= 60_999, `port ${port}`);
      const expected = gue(
        toServer,
        { ...outer, from: `${DIP}:${port}`, to: `${RIP}:6080` },
        packetOf(syn(63)),
        checksum,
      );
      assert.equal(hex(packet), hex(expected));
      const other = world.send(tcp(fromClient, { from: "10.1.1.10:40001", to: `${VIP}:80` }, { flags: "S" }));
      assert.notEqual(Buffer.from(other.packet).readUInt16BE(34), port);
    });
  }
});

describe("IPv6 in IPv4", () => {
  it("may be fragmented on its way, and so has an identification, another one each time", () => {
    using world = directorInTwin(oneServer({ address: VIP6 }, { method }), site);
    const identifications = [1, 2].map((identification) => {
      const expected = ethernet(toServer, { ...outer, identification, mayFragment: true }, 41, packetOf(syn6(63)));
      assert.equal(hex(world.send(syn6(64)).packet), hex(expected));
      return identification;
    });
    assert.equal(identifications.length, 2);
  });
});

/** A TCP segment that makes an IPv4 packet of so many bytes. */
const sized = (length: number, ttl = 64) =>
  tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, ttl }, { flags: "S", data: "x".repeat(length - 40) });

fixture("a packet fits until the outer header takes it over the MTU; then the client is told what would fit", {
  network: site,
  state: oneServer({}, { method }),
  steps: [
    {
      arrives: sized(1480),
      verdict: "forwarded",
      leaves: ethernet(toServer, { ...outer, tos: 0 }, 4, packetOf(sized(1480, 63))),
    },
    {
      arrives: sized(1481),
      verdict: "answered",
      leaves: icmp(
        toClient,
        { from: VIP, to: "10.1.1.10", tos: 0xc0, identification: 0, mayFragment: true },
        { type: 3, code: 4, parameter: 1480, quoted: packetOf(sized(1481, 63)).subarray(0, 548) },
      ),
    },
  ],
  outcomes: { forwarded: 1, tooBig: 1 },
});

fixture("a VLAN tag of the client's network does not go into the tunnel", {
  network: site,
  state: oneServer({}, { method }),
  steps: [
    {
      arrives: tcp({ ...fromClient, vlans: [7] }, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" }),
      verdict: "forwarded",
      leaves: ethernet(
        toServer,
        { ...outer, tos: 0 },
        4,
        packetOf(tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, ttl: 63 }, { flags: "S" })),
      ),
    },
  ],
  outcomes: { forwarded: 1 },
});

fixture("no neighbour, and a real server that is this host", {
  network: site,
  state: {
    services: [
      ...oneServer({}, { method, address: SILENT_RIP }).services,
      ...oneServer({ port: 81 }, { method, address: DIP, port: 81 }).services,
    ],
  },
  steps: [
    { arrives: syn(64), verdict: "dropped" },
    { arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:81` }, { flags: "S" }), verdict: "passed" },
  ],
  outcomes: { noNeighbour: 1, local: 1 },
});
