/**
 * Tunneling: the real server gets the packet inside another one, by IPIP, GUE or GRE, of either family.
 */
import {
  BPF_FIB_LKUP_RET_FRAG_NEEDED,
  BPF_FIB_LKUP_RET_SUCCESS,
  BPF_FIB_LOOKUP_SRC,
  FibLookup,
  noinline,
  type Ref,
  type u8,
  type u16,
  type Xdp,
} from "@weir/ebpf";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../../../wire/ethernet.ts";
import { IPV4_SIZE } from "../../../wire/ipv4.ts";
import { IPV6_SIZE } from "../../../wire/ipv6.ts";
import { AF_INET6, PROTOCOL_GRE, PROTOCOL_UDP } from "../../../wire/protocol.ts";
import { GRE_CHECKSUM_SIZE, GRE_SIZE, GUE_SIZE, UDP_SIZE } from "../../../wire/tunnel.ts";
import type { Connection } from "../../connections/connection.ts";
import { features } from "../../features.ts";
import type { Headers } from "../../flow.ts";
import { OUTCOME_FORWARDED, OUTCOME_MALFORMED, OUTCOME_NO_ROUTE } from "../../outcomes.ts";
import { settings } from "../../settings.ts";
import { type RealServer, realServers, TUNNEL_GRE, TUNNEL_GUE } from "../../tables.ts";
import { decreaseHopLimit } from "../hop-limit.ts";
import { outcomeOf, sendFramed } from "../next-hop.ts";
import { tooBig } from "../too-big.ts";
import { writeGre } from "./gre.ts";
import { writeGue } from "./gue.ts";
import { innerProtocol } from "./inner.ts";
import { writeOuterIpv4, writeOuterIpv6 } from "./outer-header.ts";

/** @returns the outcome */
export const tunnel = noinline((ctx: Xdp, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u8 => {
  const server = realServers.lookup(connection.realServer);
  if (server === null) return OUTCOME_NO_ROUTE;
  const room = outerSize(server) + shimSize(server);
  const way = FibLookup.make({
    family: server.family,
    l4Protocol: outerProtocol(headers, server),
    totalLength: Math.min(headers.length + room, 0xffff),
    ifindex: ctx.ingressIfindex,
    destinationAddress: server.address,
  });
  const answer = askWithSource(ctx, way);
  if (answer === BPF_FIB_LKUP_RET_FRAG_NEEDED) return tooBig(ctx, headers, (way.totalLength - room) & 0xffff);
  if (answer !== BPF_FIB_LKUP_RET_SUCCESS) return outcomeOf(answer);
  decreaseHopLimit(ctx, headers);
  const type = isOuterIpv6(server) ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
  const outcome = sendFramed(ctx, headers, way, type, room);
  if (outcome !== OUTCOME_FORWARDED) return outcome;
  return writeHeaders(ctx, headers, server, way) ? OUTCOME_FORWARDED : OUTCOME_MALFORMED;
});

/** The way, and the address that a host would send from. */
function askWithSource(ctx: Xdp, way: Ref<typeof FibLookup>): number {
  const fixed = settings.ref();
  if (features.ipv6 && way.family === AF_INET6) {
    if (fixed.tunnelSource6.get(0) === 0) return ctx.fibLookup(way, BPF_FIB_LOOKUP_SRC);
    way.sourceAddress = fixed.tunnelSource6;
    return ctx.fibLookup(way, 0);
  }
  if (fixed.tunnelSource === 0) return ctx.fibLookup(way, BPF_FIB_LOOKUP_SRC);
  way.sourceAddress.set(0, fixed.tunnelSource);
  return ctx.fibLookup(way, 0);
}

function writeHeaders(
  ctx: Xdp,
  headers: Ref<typeof Headers>,
  server: Ref<typeof RealServer>,
  way: Ref<typeof FibLookup>,
): boolean {
  const protocol = outerProtocol(headers, server);
  if (isOuterIpv6(server)) {
    if (!writeOuterIpv6(ctx, headers, way, protocol, shimSize(server))) return false;
  } else if (!writeOuterIpv4(ctx, headers, way, protocol, shimSize(server))) return false;
  const at = (headers.network & 0x1f) + outerSize(server);
  if (features.gue && server.tunnel === TUNNEL_GUE) return writeGue(ctx, headers, server, way, at);
  return features.gre && server.tunnel === TUNNEL_GRE ? writeGre(ctx, headers, server, at) : true;
}

function isOuterIpv6(server: Ref<typeof RealServer>): boolean {
  return features.ipv6 && server.family === AF_INET6;
}

function outerSize(server: Ref<typeof RealServer>): u16 {
  return isOuterIpv6(server) ? IPV6_SIZE : IPV4_SIZE;
}

/** Bytes between outer header and packet. */
function shimSize(server: Ref<typeof RealServer>): u16 {
  if (features.gue && server.tunnel === TUNNEL_GUE) return UDP_SIZE + GUE_SIZE;
  if (!features.gre || server.tunnel !== TUNNEL_GRE) return 0;
  return server.tunnelChecksum !== 0 ? GRE_SIZE + GRE_CHECKSUM_SIZE : GRE_SIZE;
}

function outerProtocol(headers: Ref<typeof Headers>, server: Ref<typeof RealServer>): u8 {
  if (features.gue && server.tunnel === TUNNEL_GUE) return PROTOCOL_UDP;
  if (features.gre && server.tunnel === TUNNEL_GRE) return PROTOCOL_GRE;
  return innerProtocol(headers);
}
