/**
 * Frames as they come from a client: Ethernet, IPv4, TCP or UDP, with right checksums.
 */

/** 192.0.2.80, the address of all virtual services (RFC 5737). */
export const VIP = [192, 0, 2, 80] as const;
export const CLIENT = [198, 51, 100, 7] as const;

export const TCP = 6;
export const UDP = 17;
export const ACK = 16;
export const SYN = 2;

export interface FrameOptions {
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** TCP flags; default ACK. */
  readonly flags?: number;
}

const IP_START = 14;
const L4_START = 34;

/** A frame of 64 bytes. */
export function frame({ protocol, sourcePort, destinationPort, flags = ACK }: FrameOptions): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  bytes.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00]);
  bytes.set([0x45, 0x10, 0, 50, 0x12, 0x34, 0x40, 0, 64, protocol, 0, 0, ...CLIENT, ...VIP], IP_START);
  view.setUint16(IP_START + 10, checksum(bytes.subarray(IP_START, L4_START)));
  view.setUint16(L4_START, sourcePort);
  view.setUint16(L4_START + 2, destinationPort);
  if (protocol === TCP) view.setUint16(L4_START + 12, 0x5000 | flags);
  else view.setUint16(L4_START + 4, bytes.length - L4_START);
  view.setUint16(L4_START + (protocol === TCP ? 16 : 6), transportChecksum(bytes));
  return bytes;
}

/** What is wrong with an IPv4 frame's checksums, or null. */
export function checksumFault(bytes: Uint8Array): string | null {
  if (checksum(bytes.subarray(IP_START, L4_START)) !== 0) return "IPv4 checksum";
  if ((bytes[IP_START + 9] === TCP || bytes[IP_START + 9] === UDP) && transportChecksum(bytes) !== 0)
    return "transport checksum";
  return null;
}

/** RFC 9293 section 3.1, RFC 768: over the pseudo header and everything behind it. */
function transportChecksum(bytes: Uint8Array): number {
  const payload = bytes.subarray(L4_START);
  const pseudo = [...bytes.subarray(26, 34), 0, bytes[23] ?? 0, payload.length >> 8, payload.length & 0xff];
  return checksum(Uint8Array.from([...pseudo, ...payload]));
}

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += (bytes[i] ?? 0) << (i % 2 === 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum ^ 0xffff;
}
