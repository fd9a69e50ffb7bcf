/**
 * Reuse: a packet that opens a connection meets one that is over, or one that has expired and was not swept yet.
 */
import type { Packet, Ref, u32 } from "@weir/ebpf";
import { PROTOCOL_SCTP, PROTOCOL_TCP } from "../../wire/protocol.ts";
import { TCP_SYN } from "../../wire/tcp.ts";
import { isPast } from "../clock.ts";
import { features } from "../features.ts";
import { DIRECTION_OUT, type Headers } from "../flow.ts";
import { opensAssociation } from "../states/sctp.ts";
import { SCTP_CLOSED } from "../states/sctp-transitions.ts";
import { TCP_CLOSE, TCP_FIN_WAIT, TCP_TIME_WAIT } from "../states/tcp-transitions.ts";
import { CONNECTION_NO_OUTPUT, type Connection } from "./connection.ts";

/** `conn_reuse_mode`: bit 0 for connections that are over, bit 1 for those in FIN_WAIT whose replies do not come by. */
const REUSE_FIN_WAIT = 2;

/** True when the packet must not use the connection: it is to be closed, and the packet scheduled as new. */
export function isOver(
  ctx: Packet,
  headers: Ref<typeof Headers>,
  connection: Ref<typeof Connection>,
  now: u32,
): boolean {
  if (isPast(connection.expires, now)) return true;
  if (features.connReuseMode === 0 || headers.direction === DIRECTION_OUT) return false;
  if (headers.flow.protocol === PROTOCOL_TCP) return (headers.tcpFlags & TCP_SYN) !== 0 && isTcpOver(connection);
  if (!features.sctp || headers.flow.protocol !== PROTOCOL_SCTP) return false;
  return connection.state === SCTP_CLOSED && opensAssociation(ctx, headers.transport);
}

function isTcpOver(connection: Ref<typeof Connection>): boolean {
  if (connection.state === TCP_TIME_WAIT || connection.state === TCP_CLOSE) return true;
  if ((features.connReuseMode & REUSE_FIN_WAIT) === 0 || connection.state !== TCP_FIN_WAIT) return false;
  return (connection.flags & CONNECTION_NO_OUTPUT) !== 0;
}
