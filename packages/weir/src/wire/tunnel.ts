/** What stands between the outer IP header of a tunnel and the packet in it: nothing for IPIP, and these. */
import { raw16, struct, u8, u16 } from "@weir/ebpf";

export const Gre = struct({
  order: "network",
  size: 4,
  source: "RFC 2784 section 2.1",
  fields: { flags: u16, type: u16 }, // type: EtherType of what is inside
});

/** Behind the header, if `GRE_CHECKSUM_PRESENT` is set. */
export const GreChecksum = struct({
  order: "network",
  size: 4,
  source: "RFC 2784 section 2.1",
  fields: { checksum: raw16, reserved: u16 },
});

export const GRE_SIZE = 4;
export const GRE_CHECKSUM_SIZE = 4;
export const GRE_CHECKSUM_PRESENT = 0x8000;

/** Generic UDP encapsulation, variant 0, without options; a UDP header is in front of it. */
export const Gue = struct({
  order: "network",
  size: 4,
  source: "draft-ietf-intarea-gue-09 section 3.1",
  fields: {
    versionAndLength: u8, // 2 bits variant 0, 1 bit control, 5 bits of length in words of 4 bytes
    protocol: u8,
    flags: u16,
  },
});

export const UDP_SIZE = 8;
export const GUE_SIZE = 4;
