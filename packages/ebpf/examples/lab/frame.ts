/**
 * Frames as they lie on the wire, for the examples to send. Checksums are zero: nobody on these wires looks at them.
 */
import { addressBytes } from "@weir/linux";

export const IPPROTO_ICMP = 1;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;

/** TCP flags. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** An Ethernet frame, from anybody to everybody. */
export function ethernetFrame(type: number, payload: Uint8Array): Uint8Array {
  const macs = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x01];
  return Uint8Array.of(...macs, type >> 8, type & 0xff, ...payload);
}

export interface Ipv4Packet {
  readonly protocol: number;
  /** Default 192.0.2.1, a documentation address (RFC 5737). */
  readonly source?: string;
  /** Default 192.0.2.2. */
  readonly destination?: string;
  /** Words of 4 bytes between the header and the payload, 0 to 10. Default 0. */
  readonly optionWords?: number;
  /** In units of 8 bytes; anything but 0 makes it a later fragment. Default 0. */
  readonly fragmentOffset?: number;
  readonly payload?: Uint8Array;
}

/** An Ethernet frame with an IPv4 packet (RFC 791). */
export function ipv4Frame(packet: Ipv4Packet): Uint8Array {
  const { protocol, source = "192.0.2.1", destination = "192.0.2.2" } = packet;
  const { optionWords = 0, fragmentOffset = 0, payload = new Uint8Array(0) } = packet;
  const length = 20 + 4 * optionWords;
  const bytes = new Uint8Array(length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x40 | (length / 4));
  view.setUint16(2, bytes.length);
  view.setUint16(6, fragmentOffset);
  view.setUint8(8, 64);
  view.setUint8(9, protocol);
  bytes.set(addressBytes(source), 12);
  bytes.set(addressBytes(destination), 16);
  bytes.fill(1, 20, length); // "no operation" options
  bytes.set(payload, length);
  return ethernetFrame(0x0800, bytes);
}

/** A TCP header (RFC 9293) with these flags, from port 40000 to port 80. */
export function tcpHeader(flags: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 40_000);
  view.setUint16(2, 80);
  view.setUint8(12, 5 << 4);
  view.setUint8(13, flags);
  view.setUint16(14, 65_535);
  return bytes;
}

/** A UDP datagram (RFC 768) from port 40000 to port 9, "discard". */
export function udpDatagram(text: string): Uint8Array {
  const data = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 40_000);
  view.setUint16(2, 9);
  view.setUint16(4, bytes.length);
  bytes.set(data, 8);
  return bytes;
}
