/** Masquerading: what goes in, what comes out, and who is told when it cannot be. */

import assert from "node:assert/strict";
import { fixture } from "./testing/fixture.ts";
import { icmp, sctp, tcp, udp } from "./testing/frame.ts";
import {
  fromClient,
  fromServer,
  oneServer,
  RIP,
  RIP6,
  SILENT_RIP,
  site,
  toClient,
  toServer,
  VIP,
  VIP6,
} from "./testing/site.ts";

const CLIENT = "10.1.1.10:40000";
const CLIENT6 = "[fd00:a::10]:40000";

/** Hop-by-hop options of 8 bytes and destination options of 16, both padding. */
const extensions = [
  [0, [1, 4, 0, 0, 0, 0]],
  [60, [1, 12, ...new Array<number>(12).fill(0)]],
] as const;

fixture("a TCP connection by NAT: the real server's address and port in, the virtual service's out", {
  network: site,
  state: oneServer({}, { port: 8080 }),
  steps: [
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" }),
      verdict: "forwarded",
      leaves: tcp(toServer, { from: CLIENT, to: `${RIP}:8080`, ttl: 63 }, { flags: "S" }),
    },
    {
      arrives: tcp(fromServer, { from: `${RIP}:8080`, to: CLIENT }, { flags: "SA" }),
      verdict: "forwarded",
      leaves: tcp(toClient, { from: `${VIP}:80`, to: CLIENT, ttl: 63 }, { flags: "SA" }),
    },
    {
      arrives: tcp(
        fromClient,
        { from: CLIENT, to: `${VIP}:80`, tos: 0x2e },
        { flags: "PA", data: "GET / HTTP/1.0\r\n\r\n" },
      ),
      verdict: "forwarded",
      leaves: tcp(
        toServer,
        { from: CLIENT, to: `${RIP}:8080`, tos: 0x2e, ttl: 63 },
        { flags: "PA", data: "GET / HTTP/1.0\r\n\r\n" },
      ),
    },
  ],
  outcomes: { forwarded: 3 },
  after: ({ traffic, load }) => {
    assert.deepEqual(traffic[0], { connections: 1, packetsIn: 2, packetsOut: 1, bytesIn: 98, bytesOut: 40 });
    assert.deepEqual(load[0], { active: 1, total: 1 });
  },
});

fixture("UDP by NAT: a checksum is kept right, and one is made where there was none", {
  network: site,
  state: oneServer({ protocol: "udp", port: 53 }, { port: 5353 }),
  steps: [
    {
      arrives: udp(fromClient, { from: CLIENT, to: `${VIP}:53` }, { data: "query" }),
      verdict: "forwarded",
      leaves: udp(toServer, { from: CLIENT, to: `${RIP}:5353`, ttl: 63 }, { data: "query" }),
    },
    {
      arrives: udp(fromClient, { from: CLIENT, to: `${VIP}:53` }, { data: "x".repeat(77), checksum: "none" }),
      verdict: "forwarded",
      leaves: udp(toServer, { from: CLIENT, to: `${RIP}:5353`, ttl: 63 }, { data: "x".repeat(77) }),
    },
    {
      arrives: udp(fromServer, { from: `${RIP}:5353`, to: CLIENT }, { data: "answer", checksum: "none" }),
      verdict: "forwarded",
      leaves: udp(toClient, { from: `${VIP}:53`, to: CLIENT, ttl: 63 }, { data: "answer" }),
    },
  ],
  outcomes: { forwarded: 3 },
});

fixture("IPv4 options do not hide the ports", {
  network: site,
  state: oneServer(),
  steps: [
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, options: [0x94, 4, 0, 0, 1, 1, 1, 0] }, { flags: "S" }),
      verdict: "forwarded",
      leaves: tcp(
        toServer,
        { from: CLIENT, to: `${RIP}:80`, ttl: 63, options: [0x94, 4, 0, 0, 1, 1, 1, 0] },
        { flags: "S" },
      ),
    },
  ],
  outcomes: { forwarded: 1 },
});

fixture("VLAN tags, one or two, are taken off on the way to an interface without", {
  network: site,
  state: oneServer(),
  steps: [[7], [7, 9]].map((vlans, index) => ({
    arrives: tcp({ ...fromClient, vlans }, { from: `10.1.1.10:4000${index}`, to: `${VIP}:80` }, { flags: "S" }),
    verdict: "forwarded",
    leaves: tcp(toServer, { from: `10.1.1.10:4000${index}`, to: `${RIP}:80`, ttl: 63 }, { flags: "S" }),
  })),
  outcomes: { forwarded: 2 },
});

fixture("IPv6 by NAT: TCP, and UDP behind extension headers", {
  network: site,
  state: {
    services: [
      ...oneServer({ address: VIP6 }, { address: RIP6, port: 8080 }).services,
      ...oneServer({ protocol: "udp", address: VIP6, port: 53 }, { address: RIP6, port: 53 }).services,
    ],
  },
  steps: [
    {
      arrives: tcp(fromClient, { from: CLIENT6, to: `[${VIP6}]:80` }, { flags: "S" }),
      verdict: "forwarded",
      leaves: tcp(toServer, { from: CLIENT6, to: `[${RIP6}]:8080`, ttl: 63 }, { flags: "S" }),
    },
    {
      arrives: tcp(fromServer, { from: `[${RIP6}]:8080`, to: CLIENT6 }, { flags: "SA" }),
      verdict: "forwarded",
      leaves: tcp(toClient, { from: `[${VIP6}]:80`, to: CLIENT6, ttl: 63 }, { flags: "SA" }),
    },
    {
      arrives: udp(fromClient, { from: CLIENT6, to: `[${VIP6}]:53`, tos: 0x2e, extensions }, { data: "query" }),
      verdict: "forwarded",
      leaves: udp(toServer, { from: CLIENT6, to: `[${RIP6}]:53`, tos: 0x2e, extensions, ttl: 63 }, { data: "query" }),
    },
  ],
  outcomes: { forwarded: 3 },
});

/** One bit of the SCTP checksum flipped: it is eight bytes behind the IP header. */
const damaged = (frame: Uint8Array) => frame.map((byte, at) => (at === 14 + 20 + 8 ? byte ^ 1 : byte));
fixture("SCTP by NAT: the checksum changes with the port, and a wrong one stays wrong", {
  network: site,
  state: oneServer({ protocol: "sctp", port: 9899 }, { port: 36412 }),
  steps: [
    {
      arrives: sctp(fromClient, { from: CLIENT, to: `${VIP}:9899` }, { chunk: 1, data: "initiate, please" }),
      verdict: "forwarded",
      leaves: sctp(toServer, { from: CLIENT, to: `${RIP}:36412`, ttl: 63 }, { chunk: 1, data: "initiate, please" }),
    },
    {
      arrives: sctp(fromServer, { from: `${RIP}:36412`, to: CLIENT }, { chunk: 2, data: "x".repeat(1201) }),
      verdict: "forwarded",
      leaves: sctp(toClient, { from: `${VIP}:9899`, to: CLIENT, ttl: 63 }, { chunk: 2, data: "x".repeat(1201) }),
    },
    {
      arrives: damaged(sctp(fromServer, { from: `${RIP}:36412`, to: CLIENT }, { chunk: 0, data: "data" })),
      verdict: "forwarded",
      leaves: damaged(sctp(toClient, { from: `${VIP}:9899`, to: CLIENT, ttl: 63 }, { chunk: 0, data: "data" })),
    },
  ],
  outcomes: { forwarded: 3 },
});

const lastHop = udp(fromClient, { from: CLIENT, to: `${VIP}:53`, ttl: 1 }, { data: "query" });
fixture("a request whose TTL runs out makes a connection and is answered; a reply's is the host's affair", {
  network: site,
  state: oneServer({ protocol: "udp", port: 53 }, { port: 53 }),
  steps: [
    {
      arrives: lastHop,
      verdict: "answered",
      leaves: icmp(
        toClient,
        { from: VIP, to: "10.1.1.10", tos: 0xc0, identification: 0, mayFragment: true },
        { type: 11, code: 0, quoted: lastHop.subarray(14) },
      ),
    },
    { arrives: udp(fromServer, { from: `${RIP}:53`, to: CLIENT, ttl: 1 }, { data: "answer" }), verdict: "passed" },
  ],
  outcomes: { ttlExceeded: 1, replyRefused: 1 },
  after: ({ connections }) => assert.equal(connections.length, 1),
});

const refused = tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" });
fixture("without a real server the client gets port unreachable", {
  network: site,
  state: oneServer({}, { weight: 0 }),
  steps: [
    {
      arrives: Uint8Array.from([...refused, 0, 0, 0, 0, 0, 0]), // as short frames come: padded
      verdict: "answered",
      leaves: icmp(
        toClient,
        { from: VIP, to: "10.1.1.10", tos: 0xc0, identification: 0, mayFragment: true },
        { type: 3, code: 3, quoted: refused.subarray(14) },
      ),
    },
  ],
  outcomes: { noRealServer: 1 },
});

const refused6 = udp({ ...fromClient, vlans: [7] }, { from: CLIENT6, to: `[${VIP6}]:80` }, { data: "odd" });
fixture("the same over IPv6, and the VLAN tag goes back, too", {
  network: site,
  state: oneServer({ protocol: "udp", address: VIP6 }, { address: RIP6, weight: 0 }),
  steps: [
    {
      arrives: refused6,
      verdict: "answered",
      leaves: icmp(
        { ...toClient, vlans: [7] },
        { from: `[${VIP6}]`, to: "[fd00:a::10]" },
        { type: 1, code: 4, quoted: refused6.subarray(18) },
      ),
    },
  ],
  outcomes: { noRealServer: 1 },
});

const long = { flags: "A", data: "x".repeat(1480) };
fixture("a packet too big for the way to the real server: told, or left to the host to cut", {
  network: site,
  state: oneServer(),
  steps: [
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" }),
      verdict: "forwarded",
      leaves: tcp(toServer, { from: CLIENT, to: `${RIP}:80`, ttl: 63 }, { flags: "S" }),
    },
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, long),
      verdict: "answered",
      leaves: icmp(
        toClient,
        { from: VIP, to: "10.1.1.10", tos: 0xc0, identification: 0, mayFragment: true },
        {
          type: 3,
          code: 4,
          parameter: 1500,
          quoted: tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, ttl: 63 }, long).subarray(14, 14 + 548),
        },
      ),
    },
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, mayFragment: true }, long),
      verdict: "passed",
      leaves: tcp(fromClient, { from: CLIENT, to: `${RIP}:80`, mayFragment: true }, long),
    },
  ],
  outcomes: { forwarded: 1, tooBig: 1, leftToHost: 1 },
});

fixture("a real server whose link-layer address is not known: the host is left to ask for it", {
  network: site,
  state: oneServer({}, { address: SILENT_RIP }),
  steps: [
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" }),
      verdict: "passed",
      leaves: tcp(fromClient, { from: CLIENT, to: `${SILENT_RIP}:80` }, { flags: "S" }),
    },
  ],
  outcomes: { leftToHost: 1 },
});

const bytesOf = (frame: Uint8Array, at: number, byte: number) =>
  frame.map((value, index) => (index === at ? byte : value));
const syn = tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" });
fixture("what is not ours passes as it came, and what contradicts itself is dropped", {
  network: site,
  state: oneServer(),
  steps: [
    { arrives: tcp(fromClient, { from: CLIENT, to: "10.1.1.1:22" }, { flags: "S" }), verdict: "passed" },
    { arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "A" }), verdict: "passed" },
    { arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "SR" }), verdict: "passed" },
    { arrives: tcp(fromClient, { from: "10.1.1.10:20", to: `${VIP}:80` }, { flags: "S" }), verdict: "passed" },
    { arrives: bytesOf(syn, 0, 0x03), verdict: "passed" }, // to a group of link-layer addresses
    { arrives: bytesOf(syn, 20, 0x60), verdict: "passed" }, // a fragment
    { arrives: bytesOf(syn, 14, 0x44), verdict: "dropped" }, // a header of 16 bytes
    { arrives: bytesOf(syn, 17, 41), verdict: "dropped" }, // one byte more than there is
    { arrives: syn.subarray(0, 14 + 20 + 19), verdict: "dropped" },
  ],
  outcomes: { notOurs: 3, noConnection: 3, malformed: 3 },
});
