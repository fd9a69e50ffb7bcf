/**
 * GUE: a UDP datagram around the packet, whose source port differs from flow to flow so that receivers spread the load.
 */
import type { FibLookup, Ref, u16, u32, Xdp } from "@weir/ebpf";
import { foldSum, sumWord } from "../../../wire/checksum.ts";
import { PROTOCOL_UDP } from "../../../wire/protocol.ts";
import { GUE_SIZE, Gue, UDP_SIZE } from "../../../wire/tunnel.ts";
import { Udp } from "../../../wire/udp.ts";
import type { Headers } from "../../flow.ts";
import { MAX_SUMMED, sumBytes } from "../../sum-bytes.ts";
import type { RealServer } from "../../tables.ts";
import { innerProtocol } from "./inner.ts";

/** Linux's range of local ports, in which the kernel's IPVS stays, too. */
const FIRST_PORT = 32_768;
const PORTS = 28_232;

/** @param at where the UDP header begins */
export function writeGue(
  ctx: Xdp,
  headers: Ref<typeof Headers>,
  server: Ref<typeof RealServer>,
  way: Ref<typeof FibLookup>,
  at: u16,
): boolean {
  const udp = ctx.at(at & 0x7f, Udp);
  const gue = ctx.at((at & 0x7f) + UDP_SIZE, Gue);
  if (udp === null || gue === null) return false;
  const length = (UDP_SIZE + GUE_SIZE + headers.length) & 0xffff;
  const port = sourcePort(headers.hash.tag);
  udp.sourcePort = ((port & 0xff) << 8) | (port >>> 8);
  udp.destinationPort = server.tunnelPort;
  udp.length = length;
  udp.checksum = 0;
  gue.versionAndLength = 0;
  gue.protocol = innerProtocol(headers);
  gue.flags = 0;
  if (server.tunnelChecksum === 0 || length > MAX_SUMMED) return true;
  const sum = sumBytes(ctx, at & 0x7f, length) & 0xffff;
  const rest = (PROTOCOL_UDP << 8) + ((length & 0xff) << 8) + (length >>> 8);
  const checksum = ~foldSum(foldSum(sumOuterAddresses(way)) + sum + rest) & 0xffff;
  udp.checksum = checksum === 0 ? 0xffff : checksum;
  return true;
}

function sourcePort(tag: u32): u16 {
  return FIRST_PORT + Math.floor(((tag >>> 8) * PORTS) / (1 << 24));
}

/** Zeros behind an IPv4 address add nothing. */
function sumOuterAddresses(way: Ref<typeof FibLookup>): u32 {
  return (
    sumWord(way.sourceAddress.get(0)) +
    sumWord(way.sourceAddress.get(1)) +
    sumWord(way.sourceAddress.get(2)) +
    sumWord(way.sourceAddress.get(3)) +
    sumWord(way.destinationAddress.get(0)) +
    sumWord(way.destinationAddress.get(1)) +
    sumWord(way.destinationAddress.get(2)) +
    sumWord(way.destinationAddress.get(3))
  );
}
