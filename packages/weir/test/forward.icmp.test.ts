/** ICMP errors about packets of a connection, from either side. */
import { fixture } from "./testing/fixture.ts";
import { icmp, tcp, udp } from "./testing/frame.ts";
import { fromClient, fromServer, oneServer, RIP, RIP6, site, toClient, toServer, VIP, VIP6 } from "./testing/site.ts";

const CLIENT = "10.1.1.10:40000";
const CLIENT6 = "[fd00:a::10]:40000";

/** What an error quotes of a packet: its IP header and eight bytes. */
const quotedOf = (frame: Uint8Array) => frame.subarray(14, 14 + 28);

/** The checksum of the quoted segment is not touched: what the real server is shown has the one that the client saw. */
const withBytes = (frame: Uint8Array, at: number, from: Uint8Array) =>
  frame.map((byte, index) => (index >= at && index < at + 2 ? (from[index] ?? 0) : byte));

const query = udp(fromClient, { from: CLIENT, to: `${VIP}:53` }, { data: "query" });
const queryInside = udp(toServer, { from: CLIENT, to: `${RIP}:5353`, ttl: 63 }, { data: "query" });
const queryInsideSeenOutside = withBytes(
  udp(fromClient, { from: CLIENT, to: `${VIP}:53`, ttl: 63 }, { data: "query" }),
  14 + 26,
  queryInside,
);

fixture("port unreachable from a real server: it comes from the VIP and quotes what the client sent", {
  network: site,
  state: oneServer({ protocol: "udp", port: 53 }, { port: 5353 }),
  steps: [
    { arrives: query, verdict: "forwarded", leaves: queryInside },
    {
      arrives: icmp(fromServer, { from: RIP, to: "10.1.1.10" }, { type: 3, code: 3, quoted: quotedOf(queryInside) }),
      verdict: "forwarded",
      leaves: icmp(
        toClient,
        { from: VIP, to: "10.1.1.10", ttl: 63 },
        { type: 3, code: 3, quoted: quotedOf(queryInsideSeenOutside) },
      ),
    },
  ],
  outcomes: { forwarded: 2 },
});

const syn6 = tcp(fromClient, { from: CLIENT6, to: `[${VIP6}]:80` }, { flags: "S" });
const syn6Inside = tcp(toServer, { from: CLIENT6, to: `[${RIP6}]:80`, ttl: 63 }, { flags: "S" });
const answer6 = tcp(fromServer, { from: `[${RIP6}]:80`, to: CLIENT6 }, { flags: "SA" });
const answer6Outside = tcp(toClient, { from: `[${VIP6}]:80`, to: CLIENT6, ttl: 63 }, { flags: "SA" });
const answer6Back = withBytes(
  tcp(fromServer, { from: `[${RIP6}]:80`, to: CLIENT6, ttl: 63 }, { flags: "SA" }),
  14 + 56,
  answer6Outside,
);

fixture("packet too big from the client's side, IPv6: the real server gets it about its own packet", {
  network: site,
  state: oneServer({ address: VIP6 }, { address: RIP6 }),
  steps: [
    { arrives: syn6, verdict: "forwarded", leaves: syn6Inside },
    { arrives: answer6, verdict: "forwarded", leaves: answer6Outside },
    {
      arrives: icmp(
        fromClient,
        { from: "[fd00:a::10]", to: `[${VIP6}]` },
        { type: 2, code: 0, parameter: 1280, quoted: answer6Outside.subarray(14) },
      ),
      verdict: "forwarded",
      leaves: icmp(
        toServer,
        { from: "[fd00:a::10]", to: `[${RIP6}]`, ttl: 63 },
        { type: 2, code: 0, parameter: 1280, quoted: answer6Back.subarray(14) },
      ),
    },
  ],
  outcomes: { forwarded: 3 },
});

const stranger = icmp(
  fromClient,
  { from: "10.1.1.10", to: VIP },
  { type: 3, code: 3, quoted: quotedOf(tcp(toClient, { from: `${VIP}:80`, to: "10.1.1.10:1" }, { flags: "A" })) },
);
fixture("echo, errors about strangers and errors that quote too little are the host's", {
  network: site,
  state: oneServer(),
  steps: [
    {
      arrives: icmp(fromClient, { from: "10.1.1.10", to: VIP }, { type: 8, code: 0, quoted: new Uint8Array(32) }),
      verdict: "passed",
    },
    { arrives: stranger, verdict: "passed" },
    {
      arrives: icmp(fromClient, { from: "10.1.1.10", to: VIP }, { type: 3, code: 3, quoted: new Uint8Array(4) }),
      verdict: "passed",
    },
  ],
  outcomes: { notOurs: 3 },
});

const told = tcp(fromServer, { from: `${VIP}:80`, to: CLIENT }, { flags: "SA" });
const error = { type: 3, code: 1, quoted: quotedOf(told) };
fixture("an error whose TTL runs out is not answered", {
  network: site,
  state: oneServer(),
  steps: [
    {
      arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" }),
      verdict: "forwarded",
      leaves: tcp(toServer, { from: CLIENT, to: `${RIP}:80`, ttl: 63 }, { flags: "S" }),
    },
    { arrives: icmp(fromClient, { from: "10.1.1.10", to: VIP, ttl: 1 }, error), verdict: "dropped" },
  ],
  outcomes: { forwarded: 1, errorLost: 1 },
});
