/**
 * The Internet checksum, updated in place.
 *
 * One's complement sums do not depend on the order of bytes, so all words here are raw, as they lie in the packet (RFC 1071 section 2 B).
 */
import type { u16, u32 } from "@weir/ebpf";

/** Adds the carries of a sum of 16-bit words until none is left. */
export function foldSum(sum: u32): u16 {
  const once = (sum & 0xffff) + (sum >>> 16);
  return ((once & 0xffff) + (once >>> 16)) & 0xffff;
}

/** What replacing one 16-bit word by another adds to the sum behind a checksum: equation 3 of RFC 1624, without the fold. */
export function changedWord(from: u16, to: u16): u32 {
  return (~from & 0xffff) + to;
}

/** As `changedWord` for a 32-bit word, an IPv4 address: at most four words of 16 bits. */
export function changedAddress(from: u32, to: u32): u32 {
  return (~from & 0xffff) + (~(from >>> 16) & 0xffff) + (to & 0xffff) + (to >>> 16);
}

/** The checksum after a change of its words (RFC 1624 section 3: HC' = ~(~HC + ~m + m')). */
export function updateChecksum(checksum: u16, change: u32): u16 {
  return ~foldSum((~checksum & 0xffff) + (change & 0xfffffff)) & 0xffff;
}

/** Both halves of a 32-bit word. */
export function sumWord(word: u32): u32 {
  return (word & 0xffff) + (word >>> 16);
}
