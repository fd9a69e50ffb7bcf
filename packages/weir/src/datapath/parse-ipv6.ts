/**
 * Parsing of IPv6 headers and of the extension headers that routers may skip.
 */
import type { Packet, Ref, u8 } from "@weir/ebpf";
import {
  EXTENSION_DESTINATION,
  EXTENSION_HOP_BY_HOP,
  EXTENSION_ROUTING,
  IPV6_SIZE,
  Ipv6,
  Ipv6Extension,
} from "../wire/ipv6.ts";
import { AF_INET6 } from "../wire/protocol.ts";
import type { Headers } from "./flow.ts";
import { OUTCOME_FORWARDED, OUTCOME_MALFORMED, OUTCOME_NOT_OURS } from "./outcomes.ts";

/** RFC 8200 section 4.1 has at most these: hop-by-hop, destination, routing, destination once more. */
const MAX_EXTENSIONS = 4;
/** The transport header must begin within reach. */
const MAX_TRANSPORT = 0x1ff;
/** `length` counts the header and what follows it in 16 bits. */
const MAX_PAYLOAD = 0xffff - IPV6_SIZE;

/** A header that contradicts the frame's length is malformed; fragments and too many extensions are not ours. */
export function parseIpv6(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const at = headers.network & 0x1f;
  const ip = ctx.at(at, Ipv6);
  if (ip === null) return OUTCOME_MALFORMED;
  const payload = ip.payloadLength;
  if ((ip.versionClassFlow & 0xf0) !== 0x60 || payload > MAX_PAYLOAD) return OUTCOME_MALFORMED;
  if (at + IPV6_SIZE + payload > ctx.length) return OUTCOME_MALFORMED;
  headers.length = payload + IPV6_SIZE;
  headers.ttl = ip.hopLimit;
  // The traffic class lies across the first two bytes.
  headers.tos = ((ip.versionClassFlow & 0x0f) << 4) | ((ip.versionClassFlow >>> 12) & 0x0f);
  headers.dontFragment = 1;
  headers.flow.source = ip.source;
  headers.flow.destination = ip.destination;
  headers.flow.family = AF_INET6;
  return skipExtensions(ctx, headers, ip.nextHeader);
}

function skipExtensions(ctx: Packet, headers: Ref<typeof Headers>, first: u8): u8 {
  let next: u8 = first;
  let at: number = (headers.network & 0x1f) + IPV6_SIZE;
  for (let count = 0; count < MAX_EXTENSIONS; count++) {
    if (!isExtension(next)) break;
    const extension = ctx.at(at, Ipv6Extension);
    if (extension === null) return OUTCOME_MALFORMED;
    next = extension.nextHeader;
    const behind = at + (extension.length + 1) * 8;
    if (behind > MAX_TRANSPORT) return OUTCOME_NOT_OURS;
    at = behind & MAX_TRANSPORT;
  }
  headers.transport = at;
  headers.flow.protocol = next;
  return OUTCOME_FORWARDED;
}

function isExtension(next: u8): boolean {
  return next === EXTENSION_HOP_BY_HOP || next === EXTENSION_ROUTING || next === EXTENSION_DESTINATION;
}
