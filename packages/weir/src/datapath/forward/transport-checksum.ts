/**
 * Transport checksums after a change of addresses and ports.
 */
import type { Ref, raw16, u16, u32, Xdp } from "@weir/ebpf";
import { foldSum, updateChecksum } from "../../wire/checksum.ts";
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../../wire/protocol.ts";
import { Sctp } from "../../wire/sctp.ts";
import { Tcp } from "../../wire/tcp.ts";
import { Udp } from "../../wire/udp.ts";
import { crcDifference } from "../crc32c.ts";
import { features } from "../features.ts";
import { type Headers, sumFlowAddresses } from "../flow.ts";
import { MAX_SUMMED, sumBytes } from "../sum-bytes.ts";

/**
 * Makes the checksum right again. The ports in the packet have been changed already.
 *
 * @param addresses what the change of the address adds to the sum behind an Internet checksum
 * @param ports what the change of the port adds to it
 * @param difference the first four bytes of the transport header before, exclusive or after: for SCTP, which does not cover addresses
 * @returns false when the packet ends before the header does, which parsing has ruled out
 */
export function amendChecksum(
  ctx: Xdp,
  headers: Ref<typeof Headers>,
  addresses: u32,
  ports: u32,
  difference: u32,
): boolean {
  const at = headers.transport & 0x1ff;
  const change = (addresses & 0xffffff) + (ports & 0xfffff);
  if (headers.flow.protocol === PROTOCOL_TCP) {
    const tcp = ctx.at(at, Tcp);
    if (tcp === null) return false;
    tcp.checksum = updateChecksum(tcp.checksum, change);
    return true;
  }
  if (features.sctp && headers.flow.protocol === PROTOCOL_SCTP) {
    const sctp = ctx.at(at, Sctp);
    if (sctp === null) return false;
    if (difference !== 0) sctp.checksum ^= crcDifference(difference, transportLength(headers));
    return true;
  }
  const udp = ctx.at(at, Udp);
  if (udp === null) return false;
  udp.checksum =
    udp.checksum === 0 ? fullChecksum(ctx, headers, addresses) : sentUdp(updateChecksum(udp.checksum, change));
  return true;
}

/** A computed 0 is sent as 0xffff, because 0 means that there is none (RFC 768). */
function sentUdp(checksum: u16): raw16 {
  return checksum === 0 ? 0xffff : checksum;
}

function transportLength(headers: Ref<typeof Headers>): u16 {
  return (headers.length + headers.network - headers.transport) & 0xffff;
}

/** Of a datagram that came without: the kernel's IPVS gives it one, too. */
function fullChecksum(ctx: Xdp, headers: Ref<typeof Headers>, addresses: u32): raw16 {
  const length = transportLength(headers);
  if (length > MAX_SUMMED) return 0;
  const datagram = sumBytes(ctx, headers.transport, length) & 0xffff;
  // The pseudo header has the length and the protocol as network words: seen raw, their bytes are swapped.
  const rest = (PROTOCOL_UDP << 8) + ((length & 0xff) << 8) + (length >>> 8);
  const pseudo = sumFlowAddresses(headers.flow) + (addresses & 0xffffff) + rest;
  return sentUdp(~foldSum(foldSum(pseudo) + datagram) & 0xffff);
}
