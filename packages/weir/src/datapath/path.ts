/**
 * The life of a packet at the director.
 *
 * parse → connection, or else schedule one → track → forward → account. What is not ours passes untouched.
 */
import { isXdp, noinline, type Packet, type Ref, type u8, XDP_PASS, type Xdp } from "@weir/ebpf";
import { count, countIn, countOut } from "./account.ts";
import { nowTicks } from "./clock.ts";
import { closeConnection } from "./connections/close.ts";
import type { Connection } from "./connections/connection.ts";
import { findConnection } from "./connections/find.ts";
import { isOver } from "./connections/reuse.ts";
import { features } from "./features.ts";
import { DIRECTION_IN, DIRECTION_OUT, Headers } from "./flow.ts";
import { routeDirectly } from "./forward/direct-route.ts";
import { masquerade } from "./forward/masquerade.ts";
import { tunnel } from "./forward/tunnel/tunnel.ts";
import { tell } from "./icmp/tell.ts";
import {
  isAnswered,
  OUTCOME_ERROR_LOST,
  OUTCOME_FORWARDED,
  OUTCOME_NOT_BUILT,
  OUTCOME_NOT_OURS,
  OUTCOME_RECEIVED,
  OUTCOME_TTL_EXCEEDED,
  verdictOf,
} from "./outcomes.ts";
import { parse } from "./parse.ts";
import { schedule } from "./schedule.ts";
import { track } from "./states/track.ts";
import { METHOD_DIRECT_ROUTING, METHOD_MASQUERADING, METHOD_TUNNELING } from "./tables.ts";

/**
 * Each step is a function of its own, not inlined, and hands over in memory: the verifier forgets which way it came there, and follows the
 * next step once, not once for each way through the one before.
 */
export function handlePacket(ctx: Packet): number {
  if (!isXdp(ctx)) return XDP_PASS;
  count(OUTCOME_RECEIVED);
  const headers = Headers.make({});
  headers.outcome = parse(ctx, headers);
  if (headers.outcome === OUTCOME_FORWARDED) headers.outcome = decide(ctx, headers);
  // An error is never answered with an error (RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e)).
  if (isAnswered(headers.outcome)) headers.outcome = headers.quoted === 0 ? tell(ctx, headers) : OUTCOME_ERROR_LOST;
  count(headers.outcome);
  return verdictOf(headers.outcome);
}

/** Does everything that is to be done with the packet but answer it; gives its one outcome. */
const decide = noinline((ctx: Xdp, headers: Ref<typeof Headers>): u8 => {
  const now = nowTicks();
  let connection = findConnection(headers);
  if (connection !== null && isOver(ctx, headers, connection, now)) {
    closeConnection(connection, headers.number);
    connection = null;
  }
  if (connection === null) {
    if (headers.quoted !== 0) return OUTCOME_NOT_OURS;
    connection = schedule(ctx, headers);
    if (connection === null) return headers.outcome;
    headers.direction = DIRECTION_IN;
  }
  if (headers.quoted === 0) track(ctx, headers, connection, now);
  if (headers.direction === DIRECTION_OUT) {
    countOut(connection.service, connection.realServer, headers.length);
  } else {
    countIn(connection.service, connection.realServer, headers.length);
    if (headers.ttl <= 1) return OUTCOME_TTL_EXCEEDED;
  }
  return forward(ctx, headers, connection);
});

function forward(ctx: Xdp, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u8 {
  const method = connection.method;
  if (features.masquerading && method === METHOD_MASQUERADING) return masquerade(ctx, headers, connection);
  if (features.directRouting && method === METHOD_DIRECT_ROUTING) return routeDirectly(ctx, headers, connection);
  if (features.tunneling && method === METHOD_TUNNELING) return tunnel(ctx, headers, connection);
  return OUTCOME_NOT_BUILT;
}
