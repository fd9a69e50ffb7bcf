/**
 * Parsing of ICMP errors: they belong to the connection of the packet that they quote.
 *
 * The quoted packet went the other way, so its flow reversed is that of a packet which comes from where the error comes from.
 */
import type { Packet, Ref, u8 } from "@weir/ebpf";
import {
  ICMP_SIZE,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  ICMPV6_INFORMATIONAL,
  Icmp,
} from "../wire/icmp.ts";
import { IPV4_OFFSET_MASK, IPV4_SIZE, Ipv4 } from "../wire/ipv4.ts";
import { IPV6_SIZE, Ipv6 } from "../wire/ipv6.ts";
import { Ports } from "../wire/ports.ts";
import { AF_INET6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/protocol.ts";
import { features } from "./features.ts";
import type { Headers } from "./flow.ts";
import { OUTCOME_FORWARDED, OUTCOME_NOT_OURS } from "./outcomes.ts";

/** What is no error, or quotes nothing of ours, is not ours. */
export function parseIcmp(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const at = headers.transport & 0x1ff;
  const icmp = ctx.at(at, Icmp);
  if (icmp === null) return OUTCOME_NOT_OURS;
  headers.quoted = at + ICMP_SIZE;
  if (features.ipv6 && headers.flow.family === AF_INET6) {
    return icmp.type < ICMPV6_INFORMATIONAL ? parseQuotedIpv6(ctx, headers) : OUTCOME_NOT_OURS;
  }
  const type = icmp.type;
  const isError = type === ICMP_UNREACHABLE || type === ICMP_SOURCE_QUENCH || type === ICMP_TIME_EXCEEDED;
  return isError ? parseQuotedIpv4(ctx, headers) : OUTCOME_NOT_OURS;
}

function parseQuotedIpv4(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const at = headers.quoted & 0x3ff;
  const ip = ctx.at(at, Ipv4);
  if (ip === null || (ip.flagsAndOffset & IPV4_OFFSET_MASK) !== 0) return OUTCOME_NOT_OURS;
  const length = (ip.versionAndLength & 0x0f) * 4;
  if (ip.versionAndLength >>> 4 !== 4 || length < IPV4_SIZE) return OUTCOME_NOT_OURS;
  headers.flow.source.set(0, ip.destination);
  headers.flow.destination.set(0, ip.source);
  return parsePorts(ctx, headers, ip.protocol, at + length);
}

function parseQuotedIpv6(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const at = headers.quoted & 0x3ff;
  const ip = ctx.at(at, Ipv6);
  if (ip === null || (ip.versionClassFlow & 0xf0) !== 0x60) return OUTCOME_NOT_OURS;
  headers.flow.source = ip.destination;
  headers.flow.destination = ip.source;
  return parsePorts(ctx, headers, ip.nextHeader, at + IPV6_SIZE);
}

function parsePorts(ctx: Packet, headers: Ref<typeof Headers>, protocol: u8, at: number): u8 {
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP && protocol !== PROTOCOL_SCTP) return OUTCOME_NOT_OURS;
  const ports = ctx.at(at, Ports);
  if (ports === null) return OUTCOME_NOT_OURS;
  headers.flow.protocol = protocol;
  headers.flow.sourcePort = ports.destination;
  headers.flow.destinationPort = ports.source;
  return OUTCOME_FORWARDED;
}
