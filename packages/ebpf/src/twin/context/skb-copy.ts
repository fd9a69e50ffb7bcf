/**
 * Copies into and out of packets that may lie in fragments: bpf_skb_store_bytes and bpf_skb_load_bytes.
 */
import { BPF_F_INVALIDATE_HASH, BPF_F_RECOMPUTE_CSUM } from "../../language/context/skb.ts";
import type { AnyRef } from "../../language/reference.ts";
import { EFAULT, EINVAL } from "../errno.ts";
import type { SkbPacket } from "./skb-packet.ts";

const INT_MAX = 0x7fffffff;

export function storeBytes(skb: SkbPacket, offset: number, from: AnyRef, flags: number): number {
  // Read before the packet goes stale: the source may lie in the packet itself.
  const bytes = from.$memory.bytes.slice(from.$at, from.$at + from.$layout.size);
  skb.buffer.invalidate();
  if ((flags & ~(BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH)) !== 0) return EINVAL;
  if (offset > INT_MAX || !skb.makeWritable(offset + bytes.length)) return EFAULT;
  skb.buffer.bytes.set(bytes, offset);
  if ((flags & BPF_F_INVALIDATE_HASH) !== 0) skb.hash = 0;
  return 0;
}

export function loadBytes(skb: SkbPacket, offset: number, into: AnyRef): number {
  const { size } = into.$layout;
  if (offset > INT_MAX || offset + size > skb.length) {
    into.$memory.bytes.fill(0, into.$at, into.$at + size);
    return EFAULT;
  }
  into.$memory.bytes.set(skb.buffer.bytes.subarray(offset, offset + size), into.$at);
  return 0;
}
