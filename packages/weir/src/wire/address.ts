/**
 * Addresses and ports between text and the words that tables hold.
 *
 * Inside tables an address is four raw words: the bytes as they lie in a packet, read in host order. IPv4 has one word and three zeros.
 */
import ipaddr from "ipaddr.js";
import { AF_INET, AF_INET6 } from "./protocol.ts";

export interface AddressWords {
  readonly family: typeof AF_INET | typeof AF_INET6;
  readonly words: readonly [number, number, number, number];
}

/** The canonical spelling of an address, or `null` when the text is none. */
export function canonicalAddress(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString();
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toRFC5952String() : null;
}

/** @throws when the text is no address: callers have made it canonical */
export function addressWords(text: string): AddressWords {
  const bytes = Uint8Array.from(ipaddr.parse(text).toByteArray());
  const view = new DataView(new ArrayBuffer(16));
  for (const [index, byte] of bytes.entries()) view.setUint8(index, byte);
  const word = (index: number): number => view.getUint32(index * 4, true);
  return { family: bytes.length === 4 ? AF_INET : AF_INET6, words: [word(0), word(1), word(2), word(3)] };
}

/** A port as it lies in a packet, read in host order. */
export function rawPort(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}
