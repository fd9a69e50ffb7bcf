/**
 * Internet checksums, updated for a changed word (RFC 1624) in the kernel's own steps, so that results agree to the bit:
 * 0x0000 and 0xffff mean the same number and are different bytes.
 */

/** The checksum after a 4-byte word changed; all words raw. */
export function replaceWord(checksum: number, from: number, to: number): number {
  return fold(add(add(~checksum & 0xffff, ~from >>> 0), to >>> 0));
}

/** The checksum after a 2-byte word changed, as the kernel's csum_replace2 computes it. */
export function replaceHalfWord(checksum: number, from: number, to: number): number {
  return ~add16(add16(~checksum & 0xffff, ~from & 0xffff), to & 0xffff) & 0xffff;
}

/** The checksum after its data changed by a difference that was computed before. */
export function addDifference(checksum: number, difference: number): number {
  return fold(add(difference >>> 0, ~checksum & 0xffff));
}

/** Sum of 32 bits with the carry brought round. */
function add(a: number, b: number): number {
  const sum = a + b;
  return (sum > 0xffffffff ? sum - 0xffffffff : sum) >>> 0;
}

function add16(a: number, b: number): number {
  const sum = a + b;
  return sum > 0xffff ? sum - 0xffff : sum;
}

/** 32 bits to 16, complemented. */
function fold(sum: number): number {
  const once = (sum >>> 16) + (sum & 0xffff);
  return ~(once + (once >>> 16)) & 0xffff;
}
