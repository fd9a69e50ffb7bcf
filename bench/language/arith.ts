/**
 * Arithmetic alone: Jenkins' hash and an Internet checksum over 24 blocks of twelve bytes, without a helper call.
 *
 * The worst case for a compiler, because nothing hides a clumsy instruction. The result goes behind the blocks, so that
 * running again on the same packet gives the same result. `arith.c` is the same program in C.
 */
import { struct, u32, XDP_DROP, XDP_TX, type Xdp } from "@weir/ebpf";

const BLOCKS = 24;

const Block = struct({ size: 12, fields: { a: u32, b: u32, c: u32 } });
const Result = struct({ size: 8, fields: { hash: u32, sum: u32 } });

export function arith(ctx: Xdp): number {
  let a: u32 = 0xdeadbeef;
  let b: u32 = 0x2f0b4c47;
  let c: u32 = 0x9e3779b9;
  let sum: u32 = 0;
  for (let i = 0; i < BLOCKS; i++) {
    const block = ctx.at(i * 12, Block);
    if (block === null) return XDP_DROP;
    a = (a + block.a) >>> 0;
    b = (b + block.b) >>> 0;
    c = (c + block.c) >>> 0;
    a = (((a - c) >>> 0) ^ rotate(c, 4)) >>> 0;
    c = (c + b) >>> 0;
    b = (((b - a) >>> 0) ^ rotate(a, 6)) >>> 0;
    a = (a + c) >>> 0;
    c = (((c - b) >>> 0) ^ rotate(b, 8)) >>> 0;
    b = (b + a) >>> 0;
    a = (((a - c) >>> 0) ^ rotate(c, 16)) >>> 0;
    c = (c + b) >>> 0;
    b = (((b - a) >>> 0) ^ rotate(a, 19)) >>> 0;
    a = (a + c) >>> 0;
    c = (((c - b) >>> 0) ^ rotate(b, 4)) >>> 0;
    b = (b + a) >>> 0;
    sum = folded((sum + folded(block.a) + folded(block.b) + folded(block.c)) >>> 0);
  }
  c = (((c ^ b) >>> 0) - rotate(b, 14)) >>> 0;
  a = (((a ^ c) >>> 0) - rotate(c, 11)) >>> 0;
  b = (((b ^ a) >>> 0) - rotate(a, 25)) >>> 0;
  c = (((c ^ b) >>> 0) - rotate(b, 16)) >>> 0;
  a = (((a ^ c) >>> 0) - rotate(c, 4)) >>> 0;
  b = (((b ^ a) >>> 0) - rotate(a, 14)) >>> 0;
  c = (((c ^ b) >>> 0) - rotate(b, 24)) >>> 0;
  const result = ctx.at(BLOCKS * 12, Result);
  if (result === null) return XDP_DROP;
  result.hash = c;
  result.sum = folded(sum);
  return XDP_TX;
}

function rotate(word: u32, by: u32): u32 {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}

/** The two halves of a word, added. */
function folded(word: u32): u32 {
  return (word & 0xffff) + (word >>> 16);
}
