/**
 * The life of a packet at the director.
 *
 * parse → connection, or else schedule one → forward → account. What is not ours passes untouched.
 */
import { type Packet, type Ref, XDP_DROP, XDP_PASS } from "@weir/ebpf";
import { count, countIn, countOut } from "./account.ts";
import { isPast, nowTicks } from "./clock.ts";
import type { Connection } from "./connections/connection.ts";
import { findConnection } from "./connections/find.ts";
import { DIRECTION_IN, DIRECTION_OUT, Headers, PACKET_MALFORMED, PACKET_TRANSPORT } from "./flow.ts";
import { sendTo } from "./next-hop.ts";
import { parse } from "./parse.ts";
import { rewriteDestination, rewriteSource } from "./rewrite.ts";
import { schedule } from "./schedule.ts";
import { track } from "./states/track.ts";
import {
  METHOD_MASQUERADING,
  OUTCOME_MALFORMED,
  OUTCOME_NOT_OURS,
  OUTCOME_RECEIVED,
  OUTCOME_TTL_EXCEEDED,
} from "./tables.ts";

export function handlePacket(ctx: Packet): number {
  count(OUTCOME_RECEIVED);
  const headers = Headers.make({});
  const kind = parse(ctx, headers);
  if (kind === PACKET_MALFORMED) {
    count(OUTCOME_MALFORMED);
    return XDP_DROP;
  }
  if (kind !== PACKET_TRANSPORT) {
    count(OUTCOME_NOT_OURS);
    return XDP_PASS;
  }
  const now = nowTicks();
  let connection = findConnection(headers);
  if (connection === null || isPast(connection.expires, now)) {
    connection = schedule(headers);
    if (connection === null) return XDP_PASS;
    headers.direction = DIRECTION_IN;
  }
  track(ctx, headers, connection, now);
  return headers.direction === DIRECTION_OUT
    ? handleReply(ctx, headers, connection)
    : handleRequest(ctx, headers, connection);
}

function handleRequest(ctx: Packet, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): number {
  countIn(connection.service, connection.realServer, headers.length);
  if (headers.ttl <= 1) {
    count(OUTCOME_TTL_EXCEEDED);
    return XDP_PASS;
  }
  const address = connection.server.get(0);
  if (connection.method === METHOD_MASQUERADING && !rewriteDestination(ctx, headers, address, connection.serverPort)) {
    count(OUTCOME_MALFORMED);
    return XDP_DROP;
  }
  return sendTo(ctx, headers, address);
}

function handleReply(ctx: Packet, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): number {
  countOut(connection.service, connection.realServer, headers.length);
  if (headers.ttl <= 1) {
    count(OUTCOME_TTL_EXCEEDED);
    return XDP_PASS;
  }
  if (!rewriteSource(ctx, headers, connection.virtual.get(0), connection.virtualPort)) {
    count(OUTCOME_MALFORMED);
    return XDP_DROP;
  }
  return sendTo(ctx, headers, headers.flow.destination.get(0));
}
