/** Direct routing: the packet as it came, but for link-layer addresses and hop limit. */
import assert from "node:assert/strict";
import { fixture } from "./testing/fixture.ts";
import { icmp, tcp, udp } from "./testing/frame.ts";
import { fromClient, oneServer, RIP6, SILENT_RIP, site, toClient, toServer, VIP, VIP6 } from "./testing/site.ts";

const CLIENT = "10.1.1.10:40000";
const CLIENT6 = "[fd00:a::10]:40000";
const method = "direct-routing";

fixture("a TCP connection by direct routing: SYN, ACK, FIN as the client alone shows them", {
  network: site,
  state: oneServer({}, { method }),
  steps: ["S", "A", "FA"].map((flags) => ({
    arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80`, tos: 0x10 }, { flags }),
    verdict: "forwarded",
    leaves: tcp(toServer, { from: CLIENT, to: `${VIP}:80`, tos: 0x10, ttl: 63 }, { flags }),
  })),
  outcomes: { forwarded: 3 },
  // FIN_WAIT: half closed, and no longer active.
  after: ({ connections, load }) => {
    assert.equal(connections[0]?.state, 4);
    assert.deepEqual(load[0], { active: 0, total: 1 });
  },
});

fixture("UDP by direct routing keeps its checksum, whatever it is, and options stay", {
  network: site,
  state: oneServer({ protocol: "udp", port: 53 }, { method, port: 53 }),
  steps: (["right", "none", 0x1234] as const).map((checksum) => ({
    arrives: udp(fromClient, { from: CLIENT, to: `${VIP}:53`, options: [0x94, 4, 0, 0] }, { data: "query", checksum }),
    verdict: "forwarded",
    leaves: udp(
      toServer,
      { from: CLIENT, to: `${VIP}:53`, options: [0x94, 4, 0, 0], ttl: 63 },
      { data: "query", checksum },
    ),
  })),
  outcomes: { forwarded: 3 },
});

fixture("IPv6 by direct routing", {
  network: site,
  state: oneServer({ address: VIP6 }, { method, address: RIP6 }),
  steps: [
    {
      arrives: tcp({ ...fromClient, vlans: [7] }, { from: CLIENT6, to: `[${VIP6}]:80` }, { flags: "S" }),
      verdict: "forwarded",
      leaves: tcp(toServer, { from: CLIENT6, to: `[${VIP6}]:80`, ttl: 63 }, { flags: "S" }),
    },
  ],
  outcomes: { forwarded: 1 },
});

const long = { data: "x".repeat(1500) };
const longPacket = { from: CLIENT6, to: `[${VIP6}]:53` };
fixture("a packet too big for the real server's link: packet too big, whichever family", {
  network: site,
  state: oneServer({ protocol: "udp", address: VIP6, port: 53 }, { method, address: RIP6, port: 53 }),
  steps: [
    {
      arrives: udp(fromClient, longPacket, long),
      verdict: "answered",
      leaves: icmp(
        toClient,
        { from: `[${VIP6}]`, to: "[fd00:a::10]" },
        {
          type: 2,
          code: 0,
          parameter: 1500,
          quoted: udp(fromClient, { ...longPacket, ttl: 63 }, long).subarray(14, 14 + 1232),
        },
      ),
    },
  ],
  outcomes: { tooBig: 1 },
});

fixture("a neighbour that is not known: dropped and counted, because the host would take the VIP for its own", {
  network: site,
  state: oneServer({}, { method, address: SILENT_RIP }),
  steps: [{ arrives: tcp(fromClient, { from: CLIENT, to: `${VIP}:80` }, { flags: "S" }), verdict: "dropped" }],
  outcomes: { noNeighbour: 1 },
});
