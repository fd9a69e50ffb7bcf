/** ICMP and ICMPv6 messages, errors above all: 8 bytes, then the packet they are about. */
import { raw16, struct, u8, u32 } from "@weir/ebpf";

export const Icmp = struct({
  order: "network",
  size: 8,
  source: "RFC 792, RFC 4443 section 3",
  fields: {
    type: u8,
    code: u8,
    checksum: raw16,
    parameter: u32, // ICMP: MTU in the low 16 bits (RFC 1191); ICMPv6: the MTU
  },
});

export const ICMP_SIZE = 8;

export const ICMP_UNREACHABLE = 3;
export const ICMP_HOST_UNREACHABLE = 1;
export const ICMP_PORT_UNREACHABLE = 3;
export const ICMP_FRAGMENTATION_NEEDED = 4;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_TIME_EXCEEDED = 11;

/** Types from here on are no errors (RFC 4443 section 2.1). */
export const ICMPV6_INFORMATIONAL = 128;
export const ICMPV6_UNREACHABLE = 1;
export const ICMPV6_ADDRESS_UNREACHABLE = 3;
export const ICMPV6_PORT_UNREACHABLE = 4;
export const ICMPV6_TOO_BIG = 2;
export const ICMPV6_TIME_EXCEEDED = 3;
