/**
 * The hash of a flow: where it is looked for in the index, and the tag it is recognised by there.
 *
 * Bob Jenkins' lookup3 (public domain), which the kernel uses for its own connection tables. Its last round leaves two words that are
 * independent enough to serve as bucket and tag.
 */
import type { Ref, u32 } from "@weir/ebpf";
import { AF_INET } from "../../wire/protocol.ts";
import { features } from "../features.ts";
import type { Flow, FlowHash } from "../flow.ts";

const INITIAL = 0xdeadbeef;

function rotate(value: u32, bits: u32): u32 {
  return ((value << bits) | (value >>> (32 - bits))) >>> 0;
}

/** Hashes a flow into `hash`. The tag is never 0, which marks a free place. */
export function hashFlow(flow: Ref<typeof Flow>, hash: Ref<typeof FlowHash>): void {
  const ports = ((flow.sourcePort << 16) | flow.destinationPort) >>> 0;
  const start = (INITIAL + features.hashSeed + flow.protocol) >>> 0;
  if (flow.family === AF_INET) {
    finish((start + flow.source.get(0)) >>> 0, (start + flow.destination.get(0)) >>> 0, (start + ports) >>> 0, hash);
    return;
  }
  let a: u32 = (start + flow.source.get(0)) >>> 0;
  let b: u32 = (start + flow.source.get(1)) >>> 0;
  let c: u32 = (start + flow.source.get(2)) >>> 0;
  for (let round = 0; round < 2; round++) {
    a = ((a - c) ^ rotate(c, 4)) >>> 0;
    c = (c + b) >>> 0;
    b = ((b - a) ^ rotate(a, 6)) >>> 0;
    a = (a + c) >>> 0;
    c = ((c - b) ^ rotate(b, 8)) >>> 0;
    b = (b + a) >>> 0;
    a = ((a - c) ^ rotate(c, 16)) >>> 0;
    c = (c + b) >>> 0;
    b = ((b - a) ^ rotate(a, 19)) >>> 0;
    a = (a + c) >>> 0;
    c = ((c - b) ^ rotate(b, 4)) >>> 0;
    b = (b + a) >>> 0;
    if (round === 0) {
      a = (a + flow.source.get(3)) >>> 0;
      b = (b + flow.destination.get(0)) >>> 0;
      c = (c + flow.destination.get(1)) >>> 0;
    } else {
      a = (a + flow.destination.get(2)) >>> 0;
      b = (b + flow.destination.get(3)) >>> 0;
      c = (c + ports) >>> 0;
    }
  }
  finish(a, b, c, hash);
}

function finish(first: u32, second: u32, third: u32, hash: Ref<typeof FlowHash>): void {
  let a = first;
  let b = second;
  let c = third;
  c = ((c ^ b) - rotate(b, 14)) >>> 0;
  a = ((a ^ c) - rotate(c, 11)) >>> 0;
  b = ((b ^ a) - rotate(a, 25)) >>> 0;
  c = ((c ^ b) - rotate(b, 16)) >>> 0;
  a = ((a ^ c) - rotate(c, 4)) >>> 0;
  b = ((b ^ a) - rotate(a, 14)) >>> 0;
  c = ((c ^ b) - rotate(b, 24)) >>> 0;
  hash.bucket = c & features.bucketMask;
  hash.tag = (b | 1) >>> 0;
}

/** The other bucket that a flow may be in: reached from either by the tag alone, so that a word can be moved or removed. */
export function otherBucket(bucket: u32, tag: u32): u32 {
  return (bucket ^ (Math.imul(tag, 0x5bd1e995) >>> 7)) & features.bucketMask;
}
