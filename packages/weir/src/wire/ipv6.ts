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

/** What hop-by-hop options, destination options and routing headers begin with. */
export const Ipv6Extension = struct({
  order: "network",
  size: 2,
  source: "RFC 8200 sections 4.3, 4.4 and 4.6",
  fields: {
    nextHeader: u8,
    length: u8, // in units of 8 bytes, the first not counted
  },
});

export const EXTENSION_HOP_BY_HOP = 0;
export const EXTENSION_ROUTING = 43;
export const EXTENSION_FRAGMENT = 44;
export const EXTENSION_DESTINATION = 60;
