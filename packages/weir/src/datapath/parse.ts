/**
 * Parsing: from bytes to the flow a packet belongs to.
 *
 * What is not TCP or UDP over IPv4 is not ours and is left alone.
 */
import type { Packet, Ref, u8 } from "@weir/ebpf";
import { ETHERNET_SIZE, ETHERTYPE_IPV4, Ethernet } from "../wire/ethernet.ts";
import { IPV4_MORE_FRAGMENTS, IPV4_OFFSET_MASK, IPV4_SIZE, Ipv4 } from "../wire/ipv4.ts";
import { AF_INET, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/protocol.ts";
import { Tcp } from "../wire/tcp.ts";
import { Udp } from "../wire/udp.ts";
import { type Headers, PACKET_MALFORMED, PACKET_NOT_OURS, PACKET_TRANSPORT } from "./flow.ts";

export function parse(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const ethernet = ctx.at(0, Ethernet);
  if (ethernet === null) return PACKET_NOT_OURS;
  if (ethernet.type === ETHERTYPE_IPV4) return parseIpv4(ctx, headers, ETHERNET_SIZE);
  return PACKET_NOT_OURS;
}

function parseIpv4(ctx: Packet, headers: Ref<typeof Headers>, at: number): u8 {
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return PACKET_NOT_OURS;
  if (ip.versionAndLength !== 0x45) return PACKET_NOT_OURS;
  if ((ip.flagsAndOffset & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) !== 0) return PACKET_NOT_OURS;
  headers.network = at;
  headers.transport = at + IPV4_SIZE;
  headers.length = ip.totalLength;
  headers.ttl = ip.ttl;
  headers.tos = ip.tos;
  headers.flow.source.set(0, ip.source);
  headers.flow.destination.set(0, ip.destination);
  headers.flow.protocol = ip.protocol;
  headers.flow.family = AF_INET;
  return parseTransport(ctx, headers, ip.protocol, at + IPV4_SIZE);
}

function parseTransport(ctx: Packet, headers: Ref<typeof Headers>, protocol: u8, at: number): u8 {
  if (protocol === PROTOCOL_TCP) {
    const tcp = ctx.at(at, Tcp);
    if (tcp === null) return PACKET_MALFORMED;
    headers.flow.sourcePort = tcp.sourcePort;
    headers.flow.destinationPort = tcp.destinationPort;
    headers.tcpFlags = tcp.flags;
    return PACKET_TRANSPORT;
  }
  if (protocol === PROTOCOL_UDP) {
    const udp = ctx.at(at, Udp);
    if (udp === null) return PACKET_MALFORMED;
    headers.flow.sourcePort = udp.sourcePort;
    headers.flow.destinationPort = udp.destinationPort;
    return PACKET_TRANSPORT;
  }
  return PACKET_NOT_OURS;
}
