/** UDP datagrams. */
import { raw16, struct, u16 } from "@weir/ebpf";

export const Udp = struct({
  order: "network",
  size: 8,
  source: "RFC 768",
  fields: {
    sourcePort: raw16,
    destinationPort: raw16,
    length: u16,
    checksum: raw16, // 0 over IPv4 means that there is none
  },
});
