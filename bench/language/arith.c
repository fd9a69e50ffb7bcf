/* arith.ts in C. */
#include "bpf.h"

#define BLOCKS 24

struct block { u32 a, b, c; };
struct frame { struct block blocks[BLOCKS]; u32 hash, sum; };

INLINE u32 rotate(u32 word, u32 by)
{
	return word << by | word >> (32 - by);
}

INLINE u32 folded(u32 word)
{
	return (word & 0xffff) + (word >> 16);
}

PROGRAM int arith(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	/* Checked once: with a check for each block, clang 14 computes the number of rounds by a division. */
	struct frame *frame = data;
	if ((void *)(frame + 1) > end)
		return XDP_DROP;
	u32 a = 0xdeadbeef, b = 0x2f0b4c47, c = 0x9e3779b9, sum = 0;
	for (int i = 0; i < BLOCKS; i++) {
		struct block *block = &frame->blocks[i];
		a += block->a, b += block->b, c += block->c;
		a = (a - c) ^ rotate(c, 4), c += b;
		b = (b - a) ^ rotate(a, 6), a += c;
		c = (c - b) ^ rotate(b, 8), b += a;
		a = (a - c) ^ rotate(c, 16), c += b;
		b = (b - a) ^ rotate(a, 19), a += c;
		c = (c - b) ^ rotate(b, 4), b += a;
		sum = folded(sum + folded(block->a) + folded(block->b) + folded(block->c));
	}
	c = (c ^ b) - rotate(b, 14);
	a = (a ^ c) - rotate(c, 11);
	b = (b ^ a) - rotate(a, 25);
	c = (c ^ b) - rotate(b, 16);
	a = (a ^ c) - rotate(c, 4);
	b = (b ^ a) - rotate(a, 14);
	c = (c ^ b) - rotate(b, 24);
	frame->hash = c;
	frame->sum = folded(sum);
	return XDP_TX;
}
