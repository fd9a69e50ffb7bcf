/** IPv6 headers. */
import { array, raw32, struct, u8, u16 } from "@weir/ebpf";

export const Ipv6 = struct({
  order: "network",
  size: 40,
  source: "RFC 8200 section 3",
  fields: {
    versionClassFlow: raw32, // 4 bits version, 8 bits traffic class, 20 bits flow label
    payloadLength: u16, //      extension headers and payload, bytes
    nextHeader: u8,
    hopLimit: u8,
    source: array(raw32, 4),
    destination: array(raw32, 4),
  },
});

export const IPV6_SIZE = 40;
