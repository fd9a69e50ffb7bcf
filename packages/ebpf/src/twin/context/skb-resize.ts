/**
 * Packets that grow and shrink: bpf_skb_change_head, bpf_skb_change_tail, bpf_skb_change_proto.
 */
import { EINVAL, ENOMEM, ENOTSUPP } from "../errno.ts";
import { ETH_P_IP, ETH_P_IPV6, SKB_MAX_LENGTH, type SkbPacket } from "./skb-packet.ts";

export function changeHead(skb: SkbPacket, length: number, flags: number): number {
  const { buffer } = skb;
  buffer.invalidate();
  const isTooLong = skb.gsoSize === 0 && skb.length + length > SKB_MAX_LENGTH;
  if (flags !== 0 || length > 0x7fffffff || isTooLong) return EINVAL;
  if (length > buffer.start) return ENOMEM;
  const start = buffer.start - length;
  buffer.fill(start, buffer.start);
  buffer.resize(start, buffer.end);
  skb.networkOffset += length;
  return 0;
}

export function changeTail(skb: SkbPacket, length: number, flags: number): number {
  const { buffer } = skb;
  buffer.invalidate();
  if (flags !== 0 || length > SKB_MAX_LENGTH || length < skb.networkOffset) return EINVAL;
  if (skb.isEncapsulated) return ENOTSUPP;
  const end = buffer.start + length;
  if (end > buffer.end) {
    // Growing makes the whole packet linear first.
    buffer.fill(buffer.end, end);
    skb.linearEnd = end;
  }
  skb.linearEnd = Math.min(skb.linearEnd, end);
  buffer.resize(buffer.start, end);
  return 0;
}

/** The difference between a bare IPv6 header and a bare IPv4 header. */
const HEADER_DIFFERENCE = 20;

export function changeProtocol(skb: SkbPacket, protocol: number, flags: number): number {
  skb.buffer.invalidate();
  if (flags !== 0) return EINVAL;
  const isUpward = skb.protocol === ETH_P_IP && protocol === ETH_P_IPV6;
  const isDownward = skb.protocol === ETH_P_IPV6 && protocol === ETH_P_IP;
  if (!isUpward && !isDownward) return ENOTSUPP;
  const error = isUpward
    ? skb.insert(skb.networkOffset, HEADER_DIFFERENCE)
    : skb.cut(skb.networkOffset, HEADER_DIFFERENCE);
  if (error === 0) skb.protocol = protocol;
  return error;
}
