/**
 * CRC32c, updated in place: a changed word changes the checksum by the same amount, whatever the rest of the packet is.
 *
 * A CRC is linear over exclusive or. What the changed word contributes to the register has since been carried through every byte behind it,
 * that is, multiplied by x^8 once for each byte. Multiplying by a power of x takes one step for each bit of the length, so the packet is not
 * read, and a packet that came with a wrong checksum leaves with a wrong one.
 */
import { loop, noinline, type Ref, struct, table, u32 } from "@weir/ebpf";

/** The polynomial of RFC 9260 appendix A, bits reversed: bit 31 is the coefficient of x^0. */
const POLYNOMIAL = 0x82f63b78;

/** x^(8 · 2^k) modulo the polynomial. */
// biome-ignore format: four to a line
const POWERS = table(u32, [
  0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c,
  0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7,
  0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a,
  0x35d73a62, 0x28461564, 0xbf455269, 0xe2ea32dc,
]);

const LENGTH_BITS = 16;

const Carry = struct({ size: 8, fields: { register: u32, length: u32 } });

/**
 * What to exclusive-or into the checksum of a message.
 *
 * @param difference the message's first four bytes before, exclusive or after, read with the lowest byte first
 * @param length of the message, bytes, 4..65535
 */
export const crcDifference = noinline((difference: u32, length: u32): u32 => {
  const carry = Carry.make({ register: difference, length });
  loop(LENGTH_BITS, carryOn, carry);
  return carry.register;
});

/** Through as many bytes as this bit of the length stands for. */
function carryOn(bit: u32, carry: Ref<typeof Carry>): 0 | 1 {
  const place = bit & (LENGTH_BITS - 1);
  if (((carry.length >>> place) & 1) !== 0) carry.register = multiply(carry.register, POWERS.at(place));
  return 0;
}

/** Modulo the polynomial. Without branches, because the verifier would follow each of them. */
function multiply(a: u32, b: u32): u32 {
  let product: u32 = 0;
  let power: u32 = b;
  for (let bit = 0; bit < 32; bit++) {
    product = (product ^ (power & -((a >>> (31 - bit)) & 1))) >>> 0;
    power = ((power >>> 1) ^ (POLYNOMIAL & -(power & 1))) >>> 0;
  }
  return product;
}
