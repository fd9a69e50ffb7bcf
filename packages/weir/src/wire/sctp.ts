/** SCTP packets: the common header. */
import { raw16, raw32, struct } from "@weir/ebpf";

export const Sctp = struct({
  size: 12,
  source: "RFC 9260 section 3.1",
  fields: {
    sourcePort: raw16,
    destinationPort: raw16,
    verificationTag: raw32,
    checksum: raw32, // CRC32c, its lowest byte first
  },
});
