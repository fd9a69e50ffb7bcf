/**
 * Room for tunnel headers: bpf_skb_adjust_room.
 */
import {
  BPF_ADJ_ROOM_MAC,
  BPF_ADJ_ROOM_NET,
  BPF_F_ADJ_ROOM_DECAP_L3_IPV4,
  BPF_F_ADJ_ROOM_DECAP_L3_IPV6,
  BPF_F_ADJ_ROOM_ENCAP_L3_IPV4,
  BPF_F_ADJ_ROOM_ENCAP_L3_IPV6,
  BPF_F_ADJ_ROOM_ENCAP_L4_GRE,
  BPF_F_ADJ_ROOM_ENCAP_L4_UDP,
  BPF_F_ADJ_ROOM_FIXED_GSO,
  BPF_F_ADJ_ROOM_NO_CSUM_RESET,
} from "../../language/context/skb.ts";
import { EALREADY, EFAULT, EINVAL, ENOTSUPP } from "../errno.ts";
import { ETH_HLEN, ETH_P_IP, ETH_P_IPV6, SKB_MAX_LENGTH, type SkbPacket } from "./skb-packet.ts";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const MOST = 0xfff;

const ENCAP_L2_ETH = 64n;
const ENCAP_L2_SHIFT = 56n;
const ENCAP_L3 = BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L3_IPV6;
const ENCAP_L4 = BPF_F_ADJ_ROOM_ENCAP_L4_GRE | BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
const DECAP_L3 = BPF_F_ADJ_ROOM_DECAP_L3_IPV4 | BPF_F_ADJ_ROOM_DECAP_L3_IPV6;
/** All flags that there are; the top byte is the length of an inner link-layer header. */
const KNOWN = 0x1ffn | (0xffn << ENCAP_L2_SHIFT);

/** Flags that make sense when room is taken away. */
const SHRINKING = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET | DECAP_L3;

export function adjustRoom(skb: SkbPacket, delta: number, mode: number, flags: bigint): number {
  skb.buffer.invalidate();
  if ((flags & ~KNOWN) !== 0n) return EINVAL;
  const length = Math.abs(delta);
  if (length > MOST) return EFAULT;
  if (skb.protocol !== ETH_P_IP && skb.protocol !== ETH_P_IPV6) return ENOTSUPP;
  const header = skb.protocol === ETH_P_IP ? IPV4_HEADER : IPV6_HEADER;
  if (mode !== BPF_ADJ_ROOM_MAC && mode !== BPF_ADJ_ROOM_NET) return ENOTSUPP;
  const offset = skb.networkOffset + (mode === BPF_ADJ_ROOM_NET ? header : 0);
  const error = delta < 0 ? shrink(skb, offset, length, header, flags) : grow(skb, offset, length, flags);
  if (error === 0 && (flags & BPF_F_ADJ_ROOM_NO_CSUM_RESET) === 0n) skb.checksumLevel = -1;
  return error;
}

function shrink(skb: SkbPacket, offset: number, length: number, header: number, flags: bigint): number {
  const decap = flags & DECAP_L3;
  if (decap === DECAP_L3) return EINVAL;
  const left = decap === 0n ? header : decap === BPF_F_ADJ_ROOM_DECAP_L3_IPV4 ? IPV4_HEADER : IPV6_HEADER;
  if (skb.length - skb.networkOffset - length < left) return ENOTSUPP;
  if ((flags & ~SHRINKING) !== 0n) return EINVAL;
  const error = skb.cut(offset, length);
  if (error !== 0) return error;
  if (decap !== 0n) skb.protocol = decap === BPF_F_ADJ_ROOM_DECAP_L3_IPV4 ? ETH_P_IP : ETH_P_IPV6;
  return 0;
}

function grow(skb: SkbPacket, offset: number, length: number, flags: bigint): number {
  if ((flags & DECAP_L3) !== 0n) return EINVAL;
  if (skb.gsoSize === 0 && skb.length + length > SKB_MAX_LENGTH) return ENOTSUPP;
  const encap = flags & ENCAP_L3;
  const error = encap === 0n ? 0 : checkEncapsulation(skb, length, flags);
  if (error !== 0) return error;
  const moved = skb.insert(offset, length);
  if (moved !== 0 || encap === 0n) return moved;
  skb.isEncapsulated = true;
  skb.protocol = encap === BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 ? ETH_P_IP : ETH_P_IPV6;
  return 0;
}

function checkEncapsulation(skb: SkbPacket, length: number, flags: bigint): number {
  if ((flags & ENCAP_L3) === ENCAP_L3 || (flags & ENCAP_L4) === ENCAP_L4) return EINVAL;
  const innerLink = Number(flags >> ENCAP_L2_SHIFT);
  if ((flags & ENCAP_L2_ETH) !== 0n && innerLink < ETH_HLEN) return EINVAL;
  if (skb.isEncapsulated) return EALREADY;
  return innerLink > length ? EINVAL : 0;
}
