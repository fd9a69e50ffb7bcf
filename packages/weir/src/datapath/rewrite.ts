/**
 * Address and port translation with checksums updated in place.
 */
import type { Packet, Ref, raw16, raw32 } from "@weir/ebpf";
import { changedAddress, changedWord, updateChecksum } from "../wire/checksum.ts";
import { Ipv4 } from "../wire/ipv4.ts";
import { PROTOCOL_TCP } from "../wire/protocol.ts";
import { Tcp } from "../wire/tcp.ts";
import { Udp } from "../wire/udp.ts";
import type { Headers } from "./flow.ts";

/** The receiver becomes the real server. False when the packet is too short, which parsing has ruled out. */
export function rewriteDestination(ctx: Packet, headers: Ref<typeof Headers>, address: raw32, port: raw16): boolean {
  const ip = ctx.at(headers.network & 0xff, Ipv4);
  if (ip === null) return false;
  const change = changedAddress(ip.destination, address);
  ip.checksum = updateChecksum(ip.checksum, change);
  ip.destination = address;
  return rewriteDestinationPort(ctx, headers, port, change);
}

function rewriteDestinationPort(ctx: Packet, headers: Ref<typeof Headers>, port: raw16, change: number): boolean {
  const at = headers.transport & 0xff;
  if (headers.flow.protocol === PROTOCOL_TCP) {
    const tcp = ctx.at(at, Tcp);
    if (tcp === null) return false;
    tcp.checksum = updateChecksum(tcp.checksum, (change + changedWord(tcp.destinationPort, port)) & 0xfffff);
    tcp.destinationPort = port;
    return true;
  }
  const udp = ctx.at(at, Udp);
  if (udp === null) return false;
  udp.checksum = updateUdp(udp.checksum, (change + changedWord(udp.destinationPort, port)) & 0xfffff);
  udp.destinationPort = port;
  return true;
}

/** The sender becomes the virtual service again. */
export function rewriteSource(ctx: Packet, headers: Ref<typeof Headers>, address: raw32, port: raw16): boolean {
  const ip = ctx.at(headers.network & 0xff, Ipv4);
  if (ip === null) return false;
  const change = changedAddress(ip.source, address);
  ip.checksum = updateChecksum(ip.checksum, change);
  ip.source = address;
  return rewriteSourcePort(ctx, headers, port, change);
}

function rewriteSourcePort(ctx: Packet, headers: Ref<typeof Headers>, port: raw16, change: number): boolean {
  const at = headers.transport & 0xff;
  if (headers.flow.protocol === PROTOCOL_TCP) {
    const tcp = ctx.at(at, Tcp);
    if (tcp === null) return false;
    tcp.checksum = updateChecksum(tcp.checksum, (change + changedWord(tcp.sourcePort, port)) & 0xfffff);
    tcp.sourcePort = port;
    return true;
  }
  const udp = ctx.at(at, Udp);
  if (udp === null) return false;
  udp.checksum = updateUdp(udp.checksum, (change + changedWord(udp.sourcePort, port)) & 0xfffff);
  udp.sourcePort = port;
  return true;
}

/** A checksum of 0 means that there is none; a computed 0 is sent as 0xffff (RFC 768). */
function updateUdp(checksum: raw16, change: number): raw16 {
  if (checksum === 0) return 0;
  const updated = updateChecksum(checksum, change);
  return updated === 0 ? 0xffff : updated;
}
