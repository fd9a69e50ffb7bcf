/**
 * Tracking: each packet moves its connection's state machine, restarts its timer and keeps the real server's counts.
 */
import { atomicAdd, atomicAnd, atomicExchange, type Packet, type Ref, type u8, type u32 } from "@weir/ebpf";
import { PROTOCOL_SCTP, PROTOCOL_TCP } from "../../wire/protocol.ts";
import { CONNECTION_NO_OUTPUT, type Connection } from "../connections/connection.ts";
import { features } from "../features.ts";
import { DIRECTION_OUT, type Headers } from "../flow.ts";
import { settings } from "../settings.ts";
import { serverLoad } from "../tables.ts";
import { EVENT_NONE, nextSctpState, sctpEvent, sctpTimeout } from "./sctp.ts";
import { SCTP_ESTABLISHED } from "./sctp-transitions.ts";
import { isTcpActive, nextTcpState, tcpTimeout } from "./tcp.ts";

/** Rows of the transition tables. Where replies do not come by, the client's packets alone must tell. */
const PERSPECTIVE_INPUT = 0;
const PERSPECTIVE_OUTPUT = 1;
const PERSPECTIVE_INPUT_ONLY = 2;

export function track(ctx: Packet, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>, now: u32): void {
  const perspective = perspectiveOf(headers, connection);
  const current = settings.ref();
  if (headers.flow.protocol === PROTOCOL_TCP) {
    const next = nextTcpState(connection.state, perspective, headers.tcpFlags);
    enterState(connection, next, isTcpActive(next), tcpTimeout(next, current));
  } else if (features.sctp && headers.flow.protocol === PROTOCOL_SCTP) {
    const event = sctpEvent(ctx, headers.transport);
    if (event !== EVENT_NONE) {
      const next = nextSctpState(connection.state, perspective, event);
      enterState(connection, next, next === SCTP_ESTABLISHED, sctpTimeout(next, current));
    }
  } else {
    connection.timeout = current.udpTimeout;
  }
  connection.expires = (now + connection.timeout) >>> 0;
}

function perspectiveOf(headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u8 {
  const flags = connection.flags;
  if (headers.direction === DIRECTION_OUT) {
    if ((flags & CONNECTION_NO_OUTPUT) !== 0) atomicAnd(connection, "flags", ~CONNECTION_NO_OUTPUT >>> 0);
    return PERSPECTIVE_OUTPUT;
  }
  return (flags & CONNECTION_NO_OUTPUT) !== 0 ? PERSPECTIVE_INPUT_ONLY : PERSPECTIVE_INPUT;
}

/** Two CPUs may see packets of one connection at once: whoever changes `isActive` also changes the count. */
function enterState(connection: Ref<typeof Connection>, state: u8, isActive: boolean, timeout: u32): void {
  if (connection.state !== state) connection.state = state;
  connection.timeout = timeout;
  const active = isActive ? 1 : 0;
  if (connection.isActive === active || atomicExchange(connection, "isActive", active) === active) return;
  const load = serverLoad.lookup(connection.realServer);
  if (load !== null) atomicAdd(load, "active", isActive ? 1 : 0xffffffff);
}
