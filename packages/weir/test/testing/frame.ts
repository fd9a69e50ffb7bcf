/**
 * Frames from plain values. Nothing here comes from the code under test: lengths and checksums are computed afresh, byte by byte.
 */
import ipaddr from "ipaddr.js";

/** How a frame goes over the wire. */
export interface Link {
  /** "02:00:00:00:01:00" */
  readonly source: string;
  readonly destination: string;
  /** VLAN numbers, the outer first; two of them are a VLAN within a VLAN (802.1ad). */
  readonly vlans?: readonly number[];
}

export interface Network {
  /** "192.0.2.1:80", "[2001:db8::1]:80" */
  readonly from: string;
  readonly to: string;
  readonly ttl?: number;
  readonly tos?: number;
  readonly identification?: number;
  readonly mayFragment?: boolean;
  /** IPv4 options, in whole words of 4 bytes. */
  readonly options?: readonly number[];
  /** IPv6 extension headers: their type, and their bytes from the third on, so that the whole is a multiple of 8. */
  readonly extensions?: readonly (readonly [type: number, bytes: readonly number[]])[];
}

export interface TcpSegment {
  /** Letters of S A F R P. */
  readonly flags: string;
  readonly sequence?: number;
  readonly data?: string;
}

export interface Datagram {
  readonly data: string | Uint8Array;
  /** "none" is 0; a number is taken as it is. */
  readonly checksum?: "right" | "none" | number;
}

export interface SctpPacket {
  /** Type of the one chunk. */
  readonly chunk: number;
  readonly data?: string;
}

export function tcp(link: Link, network: Network, segment: TcpSegment): Uint8Array {
  const data = Buffer.from(segment.data ?? "");
  const header = Buffer.alloc(20);
  header.writeUInt16BE(endpoint(network.from).port, 0);
  header.writeUInt16BE(endpoint(network.to).port, 2);
  header.writeUInt32BE(segment.sequence ?? 1, 4);
  header.writeUInt8(5 << 4, 12);
  header.writeUInt8(flagBits(segment.flags), 13);
  header.writeUInt16BE(0xfaf0, 14);
  const bytes = Buffer.concat([header, data]);
  bytes.writeUInt16BE(internetChecksum(pseudoHeader(network, 6, bytes.length), bytes), 16);
  return ethernet(link, network, 6, bytes);
}

export function udp(link: Link, network: Network, { data, checksum = "right" }: Datagram): Uint8Array {
  const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(data)]);
  bytes.writeUInt16BE(endpoint(network.from).port, 0);
  bytes.writeUInt16BE(endpoint(network.to).port, 2);
  bytes.writeUInt16BE(bytes.length, 4);
  if (checksum === "right") {
    const sum = internetChecksum(pseudoHeader(network, 17, bytes.length), bytes);
    bytes.writeUInt16BE(sum === 0 ? 0xffff : sum, 6);
  } else if (checksum !== "none") bytes.writeUInt16BE(checksum, 6);
  return ethernet(link, network, 17, bytes);
}

export function sctp(link: Link, network: Network, { chunk, data = "" }: SctpPacket): Uint8Array {
  const payload = Buffer.from(data);
  const bytes = Buffer.concat([Buffer.alloc(16), payload, Buffer.alloc(-payload.length & 3)]);
  bytes.writeUInt16BE(endpoint(network.from).port, 0);
  bytes.writeUInt16BE(endpoint(network.to).port, 2);
  bytes.writeUInt32BE(0x01020304, 4);
  bytes.writeUInt8(chunk, 12);
  bytes.writeUInt16BE(4 + payload.length, 14);
  bytes.writeUInt32LE(crc32c(bytes), 8);
  return ethernet(link, network, 132, bytes);
}

/** An ICMP or ICMPv6 message with 4 bytes of parameter; addresses of `network` without ports. */
export function icmp(
  link: Link,
  network: Network,
  message: { readonly type: number; readonly code: number; readonly parameter?: number; readonly quoted: Uint8Array },
): Uint8Array {
  const bytes = Buffer.concat([Buffer.alloc(8), message.quoted]);
  bytes.writeUInt8(message.type, 0);
  bytes.writeUInt8(message.code, 1);
  bytes.writeUInt32BE(message.parameter ?? 0, 4);
  const isIpv6 = endpoint(network.from).bytes.length === 16;
  const pseudo = isIpv6 ? pseudoHeader(network, 58, bytes.length) : Buffer.alloc(0);
  bytes.writeUInt16BE(internetChecksum(pseudo, bytes), 2);
  return ethernet(link, network, isIpv6 ? 58 : 1, bytes);
}

/** An IP packet around any payload, in a frame. */
export function ethernet(link: Link, network: Network, protocol: number, payload: Uint8Array): Uint8Array {
  const packet = ip(network, protocol, payload);
  const type = packet[0] === undefined || packet[0] >>> 4 === 4 ? 0x0800 : 0x86dd;
  const vlans = link.vlans ?? [];
  const tags = vlans.flatMap((vlan, index) => [
    ...word(index === 0 && vlans.length > 1 ? 0x88a8 : 0x8100),
    ...word(vlan),
  ]);
  return Uint8Array.from([...mac(link.destination), ...mac(link.source), ...tags, ...word(type), ...packet]);
}

function ip(network: Network, protocol: number, payload: Uint8Array): Uint8Array {
  const [from, to] = [endpoint(network.from), endpoint(network.to)];
  return from.bytes.length === 4
    ? ipv4(network, from.bytes, to.bytes, protocol, payload)
    : ipv6(network, from.bytes, to.bytes, protocol, payload);
}

function ipv4(network: Network, from: number[], to: number[], protocol: number, payload: Uint8Array): Uint8Array {
  const options = network.options ?? [];
  const header = Buffer.from([
    ...[0x45 + options.length / 4, network.tos ?? 0, ...word(20 + options.length + payload.length)],
    ...word(network.identification ?? 0x1234),
    ...word(network.mayFragment === true ? 0 : 0x4000),
    ...[network.ttl ?? 64, protocol, 0, 0],
    ...from,
    ...to,
    ...options,
  ]);
  header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

function ipv6(network: Network, from: number[], to: number[], protocol: number, payload: Uint8Array): Uint8Array {
  const extensions = network.extensions ?? [];
  const types = [...extensions.map(([type]) => type), protocol];
  const bodies = extensions.flatMap(([, bytes], index) => [
    types[index + 1] ?? protocol,
    (bytes.length + 2) / 8 - 1,
    ...bytes,
  ]);
  const tos = network.tos ?? 0;
  const header = [
    ...[0x60 | (tos >> 4), (tos & 0x0f) << 4, 0, 0],
    ...word(bodies.length + payload.length),
    types[0] ?? protocol,
    network.ttl ?? 64,
  ];
  return Buffer.concat([Buffer.from([...header, ...from, ...to, ...bodies]), payload]);
}

function pseudoHeader(network: Network, protocol: number, length: number): Buffer {
  const [from, to] = [endpoint(network.from), endpoint(network.to)];
  return Buffer.from([...from.bytes, ...to.bytes, ...word(length), 0, protocol]);
}

/** An IP packet in GRE (RFC 2784). */
export function gre(link: Link, network: Network, inner: Uint8Array, hasChecksum: boolean): Uint8Array {
  const type = word((inner[0] ?? 0) >>> 4 === 4 ? 0x0800 : 0x86dd);
  if (!hasChecksum) return ethernet(link, network, 47, Buffer.from([0, 0, ...type, ...inner]));
  const bytes = Buffer.from([0x80, 0, ...type, 0, 0, 0, 0, ...inner]);
  bytes.writeUInt16BE(internetChecksum(bytes), 4);
  return ethernet(link, network, 47, bytes);
}

/** An IP packet in GUE: UDP, and four bytes with the protocol number. */
export function gue(link: Link, network: Network, inner: Uint8Array, hasChecksum: boolean): Uint8Array {
  const protocol = (inner[0] ?? 0) >>> 4 === 4 ? 4 : 41;
  const data = Uint8Array.from([0, protocol, 0, 0, ...inner]);
  return udp(link, network, { data, checksum: hasChecksum ? "right" : "none" });
}

/** RFC 1071, of all parts in a row; each part but the last has an even length. */
function internetChecksum(...parts: readonly Uint8Array[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** RFC 9260 appendix A, bit by bit. */
function crc32c(bytes: Uint8Array): number {
  let register = 0xffffffff;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ ((register & 1) === 1 ? 0x82f63b78 : 0);
  }
  return ~register >>> 0;
}

function endpoint(text: string): { readonly bytes: number[]; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? text;
  return { bytes: ipaddr.parse(address).toByteArray(), port: Number(match?.[3] ?? 0) };
}

function flagBits(letters: string): number {
  return [...letters].reduce((bits, letter) => bits | (1 << "FSRPA".indexOf(letter)), 0);
}

function mac(text: string): number[] {
  return text.split(":").map((byte) => Number.parseInt(byte, 16));
}

function word(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
