/** What TCP, UDP and SCTP headers begin with. */
import { raw16, struct } from "@weir/ebpf";

export const Ports = struct({
  size: 4,
  source: "RFC 9293 section 3.1, RFC 768, RFC 9260 section 3.1",
  fields: { source: raw16, destination: raw16 },
});
