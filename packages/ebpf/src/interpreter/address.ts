/**
 * Synthetic addresses: 64 bits in which a region and a place in it can be told apart.
 *
 *     | region number + 0x6000'0000 (32 bits) | offset + 0x1000'0000 (32 bits) |
 *
 * Pointer arithmetic on real 64-bit registers works within 256 MiB on either side of a region's start, so that a pointer
 * just outside is reported as such and not as a pointer to something else. Small integers are never addresses.
 */

const REGION_BASE = 0x6000_0000;
const OFFSET_BASE = 0x1000_0000;

export function makeAddress(region: number, offset: number): bigint {
  return (BigInt(REGION_BASE + region) << 32n) | BigInt(OFFSET_BASE + offset);
}

/** Number of the region; any number outside the regions that exist is no address at all. */
export function regionOf(high: number): number {
  return high - REGION_BASE;
}

/** Offset in the region, negative just below its start. */
export function offsetOf(low: number): number {
  return (low >>> 0) - OFFSET_BASE;
}
