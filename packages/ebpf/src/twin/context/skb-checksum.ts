/**
 * Checksums of packets in the stack: bpf_l3_csum_replace, bpf_l4_csum_replace, bpf_csum_level.
 *
 * The twin's packets carry finished checksums (CHECKSUM_NONE or _UNNECESSARY). One that the device will finish
 * (CHECKSUM_PARTIAL) has a sum over the pseudo header only, and that state is not modelled.
 */
import {
  BPF_CSUM_LEVEL_DEC,
  BPF_CSUM_LEVEL_INC,
  BPF_CSUM_LEVEL_QUERY,
  BPF_CSUM_LEVEL_RESET,
  BPF_F_MARK_ENFORCE,
  BPF_F_MARK_MANGLED_0,
  BPF_F_PSEUDO_HDR,
} from "../../language/context/skb.ts";
import { addDifference, replaceHalfWord, replaceWord } from "../checksum.ts";
import { EACCES, EFAULT, EINVAL } from "../errno.ts";
import type { SkbPacket } from "./skb-packet.ts";

/** The low four bits of the flags: bytes of the field that changed. */
const FIELD_MASK = 0xf;
/** BPF_F_IPV6: accepted since 6.16; it matters to offloaded checksums only. */
const IPV6 = 128;
/** A UDP checksum of zero means that there is none, so a sum of zero is written the other way. */
const CSUM_MANGLED_0 = 0xffff;
const SKB_MAX_CSUM_LEVEL = 3;

export function replaceNetwork(skb: SkbPacket, offset: number, from: number, to: number, flags: number): number {
  skb.buffer.invalidate();
  if ((flags & ~FIELD_MASK) !== 0) return EINVAL;
  if (!isReachable(skb, offset)) return EFAULT;
  const before = load(skb, offset);
  const after = flags === 2 ? replaceHalfWord(before, from, to) : replaced(before, from, to, flags);
  if (after < 0) return after;
  store(skb, offset, after);
  return 0;
}

export function replaceTransport(skb: SkbPacket, offset: number, from: number, to: number, flags: number): number {
  skb.buffer.invalidate();
  const known = BPF_F_MARK_MANGLED_0 | BPF_F_PSEUDO_HDR | FIELD_MASK | BPF_F_MARK_ENFORCE | IPV6;
  if ((flags & ~known) !== 0) return EINVAL;
  if (!isReachable(skb, offset)) return EFAULT;
  const before = load(skb, offset);
  const isZeroSpecial = (flags & BPF_F_MARK_MANGLED_0) !== 0;
  if (isZeroSpecial && (flags & BPF_F_MARK_ENFORCE) === 0 && before === 0) return 0;
  const after = replaced(before, from, to, flags & FIELD_MASK);
  if (after < 0) return after;
  store(skb, offset, isZeroSpecial && after === 0 ? CSUM_MANGLED_0 : after);
  return 0;
}

/** The new checksum, or a negative errno. */
function replaced(before: number, from: number, to: number, width: number): number {
  switch (width) {
    case 0:
      return from === 0 ? addDifference(before, to) : EINVAL;
    case 2:
      return replaceWord(before, from & 0xffff, to & 0xffff);
    case 4:
      return replaceWord(before, from, to);
    default:
      return EINVAL;
  }
}

function isReachable(skb: SkbPacket, offset: number): boolean {
  return offset <= 0xffff && offset % 2 === 0 && skb.makeWritable(offset + 2);
}

function load(skb: SkbPacket, offset: number): number {
  return skb.buffer.memory.view.getUint16(skb.buffer.start + offset, true);
}

function store(skb: SkbPacket, offset: number, checksum: number): void {
  skb.buffer.memory.view.setUint16(skb.buffer.start + offset, checksum, true);
}

export function level(skb: SkbPacket, operation: number): number {
  switch (operation) {
    case BPF_CSUM_LEVEL_QUERY:
      return skb.checksumLevel < 0 ? EACCES : skb.checksumLevel;
    case BPF_CSUM_LEVEL_INC:
      skb.checksumLevel = Math.min(skb.checksumLevel + 1, SKB_MAX_CSUM_LEVEL);
      return 0;
    case BPF_CSUM_LEVEL_DEC:
      skb.checksumLevel = Math.max(skb.checksumLevel - 1, -1);
      return 0;
    case BPF_CSUM_LEVEL_RESET:
      skb.checksumLevel = -1;
      return 0;
    default:
      return EINVAL;
  }
}
