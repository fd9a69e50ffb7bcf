/**
 * State machines against what the kernel's IPVS did (recorded, Linux 6.1): every reachable state, every segment or chunk, both directions.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { CONNECTION_IN_USE, connections, unused } from "../src/datapath/connections/connection.ts";
import type { ForwardingMethod } from "../src/model/service.ts";
import { directorInTwin, type Features, type TwinDirector } from "./testing/director.ts";
import { sctp, tcp, udp } from "./testing/frame.ts";
import { fromClient, fromServer, oneServer, RIP, site, VIP } from "./testing/site.ts";

interface RecordedTable {
  readonly name: string;
  readonly proto: "tcp" | "udp" | "sctp";
  readonly forward: string;
  readonly sysctl: { readonly secure_tcp?: number; readonly sloppy_tcp?: number };
  /** How each state is reached: "in S" is a SYN from the client. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  readonly transitions: readonly {
    readonly from: string;
    readonly way: string;
    readonly event: string;
    readonly to: string;
    /** Seconds. */
    readonly timeout: number;
  }[];
}

const { tables } = JSON.parse(readFileSync(new URL("./golden/states.json", import.meta.url), "utf8")) as {
  readonly tables: readonly RecordedTable[];
};

const NOTHING = "(no entry)";
const METHODS: Readonly<Record<string, ForwardingMethod>> = {
  masq: "masquerading",
  route: "direct-routing",
  tunnel: "tunneling",
};
/** By number, as listings show them. */
const STATES: Readonly<Record<RecordedTable["proto"], string>> = {
  tcp: "NONE ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN SYNACK",
  udp: "UDP",
  sctp: "NONE INIT1 INIT C-SENT C-REPLIED C-WAIT COOKIE C-ECHOED ESTABLISHED S-SENT S-RECEIVED S-ACK-SENT REJECTED CLOSED",
};
const CHUNKS =
  "DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO COOKIE_ACK ECNE CWR SHUTDOWN_COMPLETE";

for (const table of tables) {
  const method = METHODS[table.forward];
  if (method === undefined) continue;
  describe(`${table.name}, as recorded from the kernel's IPVS`, () => {
    const world = directorInTwin(oneServer({ protocol: table.proto }, { method }), site, featuresOf(table));
    for (const [row, { from, way, event, to, timeout }] of table.transitions.entries()) {
      it(`${from} ${way} ${event} -> ${to}${to === NOTHING ? "" : `, ${timeout} s`}`, () => {
        const port = 10_000 + row;
        const before = world.twin.map(unused).next;
        for (const step of [...(table.paths[from] ?? []), `${way} ${event}`])
          world.send(frameOf(table.proto, port, step));
        const found = lastConnection(world, before);
        assert.equal(found === undefined ? NOTHING : stateName(table.proto, found.state), to);
        // A second may have gone by when the recorder read the time that was left: of SCTP's 61 and 4 s it saw 60 and 3.
        const recorded = table.proto === "sctp" && timeout !== 0 && timeout !== 900 ? timeout + 1 : timeout;
        assert.equal(found?.seconds ?? 0, recorded);
      });
    }
  });
}

function featuresOf({ sysctl }: RecordedTable): Features {
  return { secureTcp: sysctl.secure_tcp === 3, sloppyTcp: sysctl.sloppy_tcp === 1 };
}

/** The newest connection, if one has been made since `before`. */
function lastConnection({ twin }: TwinDirector, before: number) {
  const { next } = twin.map(unused);
  const entry = next === before ? null : twin.map(connections).get(next);
  if (entry === null || (entry.flags & CONNECTION_IN_USE) === 0) return undefined;
  return { state: entry.state, seconds: Math.round((entry.timeout * 2 ** 20) / 1e9) };
}

function stateName(protocol: RecordedTable["proto"], state: number): string | undefined {
  return STATES[protocol].split(" ")[state];
}

/** @param step "in S", "out FA", "in INIT_ACK" */
function frameOf(protocol: RecordedTable["proto"], port: number, step: string): Uint8Array {
  const [way = "", event = ""] = step.split(" ");
  const [client, vip, rip] = [`10.1.1.10:${port}`, `${VIP}:80`, `${RIP}:80`];
  const link = way === "in" ? fromClient : fromServer;
  const network = way === "in" ? { from: client, to: vip } : { from: rip, to: client };
  if (protocol === "tcp") return tcp(link, network, { flags: event });
  if (protocol === "udp") return udp(link, network, { data: event });
  return sctp(link, network, { chunk: CHUNKS.split(" ").indexOf(event) });
}
