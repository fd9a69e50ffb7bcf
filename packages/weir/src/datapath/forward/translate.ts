/**
 * Address and port translation, with checksums updated in place.
 */
import { noinline, type Packet, type Ref, type u32, type Xdp } from "@weir/ebpf";
import { changedAddress, changedWord, updateChecksum } from "../../wire/checksum.ts";
import { Ipv4 } from "../../wire/ipv4.ts";
import { Ipv6 } from "../../wire/ipv6.ts";
import { Ports } from "../../wire/ports.ts";
import { AF_INET6 } from "../../wire/protocol.ts";
import type { Connection } from "../connections/connection.ts";
import { features } from "../features.ts";
import { DIRECTION_OUT, type Headers } from "../flow.ts";
import { translateQuoted } from "./translate-quoted.ts";
import { amendChecksum } from "./transport-checksum.ts";

/**
 * In requests the receiver becomes the real server, in replies the sender becomes the virtual service again.
 *
 * @returns false when the packet is too short, which parsing has ruled out
 */
export const translate = noinline(
  (ctx: Xdp, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): boolean => {
    if (headers.quoted !== 0) return translateError(ctx, headers, connection);
    const ports = ctx.at(headers.transport & 0x1ff, Ports);
    if (ports === null) return false;
    let addresses: u32 = 0;
    let change: u32 = 0;
    let difference: u32 = 0;
    if (headers.direction === DIRECTION_OUT) {
      change = changedWord(ports.source, connection.virtualPort);
      difference = ports.source ^ connection.virtualPort;
      ports.source = connection.virtualPort;
      addresses = replaceSource(ctx, headers, connection);
    } else {
      change = changedWord(ports.destination, connection.serverPort);
      difference = ((ports.destination ^ connection.serverPort) << 16) >>> 0;
      ports.destination = connection.serverPort;
      addresses = replaceDestination(ctx, headers, connection);
    }
    return amendChecksum(ctx, headers, addresses, change, difference);
  },
);

/** The error itself, and what it quotes. */
function translateError(ctx: Xdp, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): boolean {
  const isReply = headers.direction === DIRECTION_OUT;
  const outer = isReply ? replaceSource(ctx, headers, connection) : replaceDestination(ctx, headers, connection);
  return translateQuoted(ctx, headers, connection, outer);
}

/** What the change adds to the sum behind a checksum that covers the address. */
function replaceDestination(ctx: Packet, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u32 {
  const at = headers.network & 0x1f;
  if (features.ipv6 && headers.flow.family === AF_INET6) {
    const ip = ctx.at(at, Ipv6);
    if (ip === null) return 0;
    const change =
      changedAddress(ip.destination.get(0), connection.server.get(0)) +
      changedAddress(ip.destination.get(1), connection.server.get(1)) +
      changedAddress(ip.destination.get(2), connection.server.get(2)) +
      changedAddress(ip.destination.get(3), connection.server.get(3));
    ip.destination = connection.server;
    return change;
  }
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return 0;
  const address = connection.server.get(0);
  const change = changedAddress(ip.destination, address);
  ip.checksum = updateChecksum(ip.checksum, change);
  ip.destination = address;
  return change;
}

function replaceSource(ctx: Packet, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u32 {
  const at = headers.network & 0x1f;
  if (features.ipv6 && headers.flow.family === AF_INET6) {
    const ip = ctx.at(at, Ipv6);
    if (ip === null) return 0;
    const change =
      changedAddress(ip.source.get(0), connection.virtual.get(0)) +
      changedAddress(ip.source.get(1), connection.virtual.get(1)) +
      changedAddress(ip.source.get(2), connection.virtual.get(2)) +
      changedAddress(ip.source.get(3), connection.virtual.get(3));
    ip.source = connection.virtual;
    return change;
  }
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return 0;
  const address = connection.virtual.get(0);
  const change = changedAddress(ip.source, address);
  ip.checksum = updateChecksum(ip.checksum, change);
  ip.source = address;
  return change;
}
