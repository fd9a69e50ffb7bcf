/**
 * IP addresses as text ("10.0.0.1", "fd00::1") outside and as 4 or 16 bytes in messages.
 */
import { isIPv4, isIPv6 } from "node:net";

/** AF_INET and AF_INET6. */
export const AF_INET = 2;
export const AF_INET6 = 10;

/** Bytes of an address. Throws a TypeError on text that is none, and on one with a zone ("fe80::1%eth0"). */
export function addressBytes(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  if (isIPv6(text) && !text.includes("%")) return ipv6Bytes(text);
  throw new TypeError(
    `Cannot use ${JSON.stringify(text)} as an IP address: it is neither IPv4 nor IPv6. ` +
      "Write one address, such as 10.0.0.1 or fd00::1, without prefix length or zone.",
  );
}

export function addressFamily(bytes: Uint8Array): typeof AF_INET | typeof AF_INET6 {
  return bytes.length === 4 ? AF_INET : AF_INET6;
}

/** Text of an address; undefined for a number of bytes that no address has. IPv6 as RFC 5952 wants it. */
export function addressText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16));
  const { start, length } = longestRunOfZeros(groups);
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const front = groupBytes(head);
  const back = tail === undefined ? [] : groupBytes(tail);
  const gap = new Array<number>(16 - front.length - back.length).fill(0);
  return Uint8Array.from([...front, ...gap, ...back]);
}

/** Bytes of groups between colons; the last may be a dotted IPv4 address. */
function groupBytes(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 0xff];
  });
}

function longestRunOfZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
