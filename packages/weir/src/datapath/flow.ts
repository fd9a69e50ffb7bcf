/**
 * What is known of a packet once it has been parsed: the flow it belongs to and where its headers are.
 */
import { array, type Ref, raw16, raw32, struct, u8, u16, u32 } from "@weir/ebpf";
import { sumWord } from "../wire/checksum.ts";

/** The five-tuple, of either family: an IPv4 address is the first word and three zeros. */
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

/** Where a flow is looked for, and what it is recognised by there. */
export const FlowHash = struct({ size: 8, fields: { bucket: u32, tag: u32 } });

export const Headers = struct({
  size: 68,
  fields: {
    flow: Flow,
    hash: FlowHash,
    number: u32, //    of the connection, once one has been found or made
    network: u16, //   offset of the IP header
    transport: u16, // offset of the TCP, UDP or SCTP header
    length: u16, //    bytes of the IP packet, as statistics count them
    tcpFlags: u8,
    ttl: u8,
    tos: u8,
    dontFragment: u8, // 1 for IPv6, and for IPv4 that says so
    direction: u8, //  DIRECTION_…, once a connection has been found
    outcome: u8, //    OUTCOME_…
    limit: u16, //     bytes of the longest packet that would get through, when this one is too big
    quoted: u16, //    offset of the IP header that an ICMP error quotes; 0 for other packets
  },
});

/** From client to real server, and back. Neither is 0, which the verifier would remember and follow separately. */
export const DIRECTION_IN = 1;
export const DIRECTION_OUT = 2;

/** The part of a pseudo header's sum that both addresses make; zeros add nothing to it. */
export function sumFlowAddresses(flow: Ref<typeof Flow>): u32 {
  return (
    sumWord(flow.source.get(0)) +
    sumWord(flow.source.get(1)) +
    sumWord(flow.source.get(2)) +
    sumWord(flow.source.get(3)) +
    sumWord(flow.destination.get(0)) +
    sumWord(flow.destination.get(1)) +
    sumWord(flow.destination.get(2)) +
    sumWord(flow.destination.get(3))
  );
}
