/** TCP segments. */
import { raw16, struct, u8, u16, u32 } from "@weir/ebpf";

export const Tcp = struct({
  order: "network",
  size: 20,
  source: "RFC 9293 section 3.1",
  fields: {
    sourcePort: raw16,
    destinationPort: raw16,
    sequence: u32,
    acknowledgment: u32,
    dataOffset: u8, //          high 4 bits: header length in words of 4 bytes
    flags: u8,
    window: u16,
    checksum: raw16,
    urgentPointer: u16,
  },
});

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
