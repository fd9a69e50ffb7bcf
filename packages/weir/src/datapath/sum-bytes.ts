/**
 * The Internet checksum over a stretch of the packet, for the rare packets that cannot be updated in place.
 */
import {
  noinline,
  type Packet,
  raw16,
  raw32,
  struct,
  u8,
  type u16,
  type u32,
  type u64,
  u64wrap,
  type Xdp,
} from "@weir/ebpf";
import { foldSum } from "../wire/checksum.ts";

const BLOCK_SIZE = 32;
/** Where the odd byte at the end of a tail lies: behind an even number of bytes. */
const LAST_EVEN = BLOCK_SIZE - 2;
const WHOLE_BLOCKS = 0xfe0;
const TAIL_WORDS = 15;
const MAX_BLOCKS = 112;
/** More than XDP gets in one piece of memory. */
export const MAX_SUMMED = MAX_BLOCKS * BLOCK_SIZE;

const Block = struct({
  size: BLOCK_SIZE,
  fields: { a: raw32, b: raw32, c: raw32, d: raw32, e: raw32, f: raw32, g: raw32, h: raw32 },
});
const Word = struct({ size: 2, fields: { word: raw16 } });
const Byte = struct({ size: 1, fields: { byte: u8 } });

/**
 * The folded sum of 16-bit words, raw as in `checksum.ts`; an odd byte at the end counts as the first of its word.
 *
 * @param offset 0..2047, from the beginning of the packet
 * @param length bytes, at most `MAX_SUMMED`; what is beyond the packet's end counts as zero
 */
export const sumBytes = noinline((ctx: Xdp, offset: u32, length: u32): u32 => {
  const start = offset & 0x7ff;
  // Taken from the length before the loop narrows it down: so the verifier has one case for what comes behind, not one for each length.
  const tail = start + (length & WHOLE_BLOCKS);
  const rest = length & (BLOCK_SIZE - 1);
  let sum: u64 = 0n;
  for (let block = 0; block < MAX_BLOCKS; block++) {
    if ((block + 1) * BLOCK_SIZE > length) break;
    const b = ctx.at(start + block * BLOCK_SIZE, Block);
    if (b === null) break;
    sum = u64wrap(sum + BigInt(b.a) + BigInt(b.b) + BigInt(b.c) + BigInt(b.d));
    sum = u64wrap(sum + BigInt(b.e) + BigInt(b.f) + BigInt(b.g) + BigInt(b.h));
  }
  return foldSum(foldLong(sum) + sumTail(ctx, tail, rest));
});

/** Fewer than `BLOCK_SIZE` bytes, word by word. */
function sumTail(ctx: Packet, start: u16, length: u16): u32 {
  let sum: u32 = 0;
  for (let word = 0; word < TAIL_WORDS; word++) {
    if ((word + 1) * 2 > length) break;
    const two = ctx.at(start + word * 2, Word);
    if (two === null) break;
    sum = (sum + two.word) & 0xfffff;
  }
  if ((length & 1) === 0) return sum;
  const last = ctx.at(start + (length & LAST_EVEN), Byte);
  return last === null ? sum : sum + last.byte;
}

/** From a sum of 32-bit words to one of 16 bits: what stands above a word is worth as much below it. */
function foldLong(sum: u64): u16 {
  const once = (sum & 0xffffffffn) + (sum >> 32n);
  const low = Number(once & 0xffffn);
  const middle = Number((once >> 16n) & 0xffffn);
  const high = Number((once >> 32n) & 0xffffn);
  return foldSum(low + middle + high);
}
