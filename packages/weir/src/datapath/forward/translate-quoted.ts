/**
 * Translation of what an ICMP error quotes: the real server must find its own address and port in it, the client the virtual service's.
 *
 * The quoted transport checksum is left alone, as the kernel's IPVS leaves it: often it is not even there.
 */
import type { Packet, Ref, u32 } from "@weir/ebpf";
import { changedAddress, changedWord, updateChecksum } from "../../wire/checksum.ts";
import { Icmp } from "../../wire/icmp.ts";
import { Ipv4 } from "../../wire/ipv4.ts";
import { IPV6_SIZE, Ipv6 } from "../../wire/ipv6.ts";
import { Ports } from "../../wire/ports.ts";
import { AF_INET6 } from "../../wire/protocol.ts";
import type { Connection } from "../connections/connection.ts";
import { features } from "../features.ts";
import { DIRECTION_OUT, type Headers } from "../flow.ts";

/**
 * @param outer what the change of the outer address adds to the sum behind a checksum that covers it, as ICMPv6's does
 * @returns false when the packet is too short, which parsing has ruled out
 */
export function translateQuoted(
  ctx: Packet,
  headers: Ref<typeof Headers>,
  connection: Ref<typeof Connection>,
  outer: u32,
): boolean {
  const icmp = ctx.at(headers.transport & 0x1ff, Icmp);
  if (icmp === null) return false;
  const at = headers.quoted & 0x3ff;
  if (features.ipv6 && headers.flow.family === AF_INET6) {
    const ip = ctx.at(at, Ipv6);
    const ports = ctx.at(at + IPV6_SIZE, Ports);
    if (ip === null || ports === null) return false;
    const inner = replaceAddressIpv6(headers, connection, ip);
    const change = (outer & 0xffffff) + inner + replacePort(headers, connection, ports);
    icmp.checksum = updateChecksum(icmp.checksum, change);
    return true;
  }
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return false;
  const ports = ctx.at(at + (ip.versionAndLength & 0x0f) * 4, Ports);
  if (ports === null) return false;
  replaceAddressIpv4(headers, connection, ip);
  // The quoted header's sum is the same as before, because its own checksum has made up for the address.
  icmp.checksum = updateChecksum(icmp.checksum, replacePort(headers, connection, ports));
  return true;
}

function replacePort(headers: Ref<typeof Headers>, connection: Ref<typeof Connection>, ports: Ref<typeof Ports>): u32 {
  if (headers.direction === DIRECTION_OUT) {
    const change = changedWord(ports.destination, connection.virtualPort);
    ports.destination = connection.virtualPort;
    return change;
  }
  const change = changedWord(ports.source, connection.serverPort);
  ports.source = connection.serverPort;
  return change;
}

function replaceAddressIpv4(
  headers: Ref<typeof Headers>,
  connection: Ref<typeof Connection>,
  ip: Ref<typeof Ipv4>,
): void {
  if (headers.direction === DIRECTION_OUT) {
    const address = connection.virtual.get(0);
    ip.checksum = updateChecksum(ip.checksum, changedAddress(ip.destination, address));
    ip.destination = address;
    return;
  }
  const address = connection.server.get(0);
  ip.checksum = updateChecksum(ip.checksum, changedAddress(ip.source, address));
  ip.source = address;
}

function replaceAddressIpv6(
  headers: Ref<typeof Headers>,
  connection: Ref<typeof Connection>,
  ip: Ref<typeof Ipv6>,
): u32 {
  if (headers.direction === DIRECTION_OUT) {
    const change =
      changedAddress(ip.destination.get(0), connection.virtual.get(0)) +
      changedAddress(ip.destination.get(1), connection.virtual.get(1)) +
      changedAddress(ip.destination.get(2), connection.virtual.get(2)) +
      changedAddress(ip.destination.get(3), connection.virtual.get(3));
    ip.destination = connection.virtual;
    return change;
  }
  const change =
    changedAddress(ip.source.get(0), connection.server.get(0)) +
    changedAddress(ip.source.get(1), connection.server.get(1)) +
    changedAddress(ip.source.get(2), connection.server.get(2)) +
    changedAddress(ip.source.get(3), connection.server.get(3));
  ip.source = connection.server;
  return change;
}
