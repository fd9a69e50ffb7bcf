/**
 * What is known of a packet once it has been parsed: the flow it belongs to and where its headers are.
 */
import { array, raw16, raw32, struct, u8, u16 } from "@weir/ebpf";

/** The five-tuple, of either family: an IPv4 address is the first word and three zeros. The key of every table of flows. */
export const Flow = struct({
  size: 40,
  fields: {
    source: array(raw32, 4),
    destination: array(raw32, 4),
    sourcePort: raw16,
    destinationPort: raw16,
    protocol: u8,
    family: u8, // AF_INET or AF_INET6
    reserved: u16,
  },
});

export const Headers = struct({
  size: 52,
  fields: {
    flow: Flow,
    network: u16, //   offset of the IP header
    transport: u16, // offset of the TCP, UDP or SCTP header
    length: u16, //    bytes of the IP packet, as statistics count them
    tcpFlags: u8,
    ttl: u8,
    tos: u8,
    kind: u8, //       PACKET_…
    reserved: u16,
  },
});

/** Outcomes of parsing. */
export const PACKET_NOT_OURS = 0;
export const PACKET_TRANSPORT = 1;
export const PACKET_MALFORMED = 2;
