/** IPv4 headers. Addresses and the checksum are raw: they are compared, copied and summed as they lie. */
import { raw16, raw32, struct, u8, u16 } from "@weir/ebpf";

export const Ipv4 = struct({
  order: "network",
  size: 20,
  source: "RFC 791 section 3.1",
  fields: {
    versionAndLength: u8, //    high 4 bits: 4; low 4 bits: header length in words of 4 bytes
    tos: u8, //                 DSCP and ECN (RFC 2474, RFC 3168)
    totalLength: u16, //        header and payload, bytes
    identification: u16,
    flagsAndOffset: u16, //     0x4000 don't fragment, 0x2000 more fragments, low 13 bits: offset in units of 8 bytes
    ttl: u8,
    protocol: u8,
    checksum: raw16,
    source: raw32,
    destination: raw32,
  },
});

export const IPV4_SIZE = 20;
export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_DONT_FRAGMENT_BIT = 14;
export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_OFFSET_MASK = 0x1fff;
