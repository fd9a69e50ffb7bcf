/**
 * tcx: the packet as the network stack holds it, on its way in or out of an interface. Segmentation and checksum offload
 * have been prepared; the packet may be far longer than the wire allows.
 */
import type { FibLookup } from "../fib-lookup.ts";
import type { AnyRef, Ref } from "../reference.ts";
import type { Packet } from "./packet.ts";

export interface Skb extends Packet {
  /** The same as `length`. */
  readonly len: number;
  /** The firewall mark. */
  mark: number;
  priority: number;
  /** EtherType, host order: 0x0800 is IPv4. */
  readonly protocol: number;
  readonly ifindex: number;
  readonly ingressIfindex: number;
  /** The flow hash, 0 when it was not computed yet. */
  readonly hash: number;
  /** Number of wire packets this one will become; 0 or 1 without segmentation offload. */
  readonly gsoSegs: number;
  /** Payload bytes in each of them. */
  readonly gsoSize: number;
  /** 1 when a VLAN tag was taken off into the metadata. */
  readonly vlanPresent: number;
  readonly vlanTci: number;

  /** Makes the first `length` bytes reachable and writable (0: the linear part). 0, or -12 (ENOMEM) beyond the end. Moves the packet. */
  pullData(length: number): number;
  /** Stores all bytes of a reference. 0, -14 (EFAULT) beyond the end, -22 (EINVAL) for unknown flags. Moves the packet. */
  storeBytes(offset: number, from: AnyRef, flags?: number): number;
  /** Loads bytes, also from fragments. 0, or -14 (EFAULT) beyond the end, and `into` is zeroed. */
  loadBytes(offset: number, into: AnyRef): number;
  /**
   * Updates an IPv4 header checksum for a changed field. Moves the packet.
   *
   * @param from the field before, `to` the field after, as raw words
   * @param flags the width of the field, 2 or 4; 0 when `from` is 0 and `to` is a checksum difference
   * @returns 0, -14 (EFAULT) for an odd offset or one beyond the end, -22 (EINVAL) for other flags
   */
  l3ChecksumReplace(offset: number, from: number, to: number, flags: number): number;
  /** As `l3ChecksumReplace` for TCP, UDP and ICMP, with `BPF_F_PSEUDO_HDR`, `BPF_F_MARK_MANGLED_0`, `BPF_F_MARK_ENFORCE`. */
  l4ChecksumReplace(offset: number, from: number, to: number, flags: number): number;
  /** Adds zeroed bytes in front of the packet, a new link-layer header. 0 or a negative errno. Moves the packet. */
  changeHead(length: number, flags?: number): number;
  /** Sets the packet's length; bytes gained are zero. 0, or -22 (EINVAL). Moves the packet. */
  changeTail(length: number, flags?: number): number;
  /**
   * Grows or shrinks the room after the Ethernet header (`BPF_ADJ_ROOM_MAC`) or after the IP header
   * (`BPF_ADJ_ROOM_NET`). 0, -14 (EFAULT) for more than 4095 bytes, -22 (EINVAL), -524 (ENOTSUPP). Moves the packet.
   */
  adjustRoom(delta: number, mode: number, flags: bigint): number;
  /** Turns IPv4 into IPv6 (0x86dd) or back (0x0800): room for the header only, the program fills it. Moves the packet. */
  changeProtocol(protocol: number, flags?: number): number;
  /** Sends a copy out of another interface. 0, a negative errno, or a positive congestion code. Moves the packet. */
  cloneRedirect(ifindex: number, flags?: number): number;
  /** Asks for or changes how many checksums the device has verified (`BPF_CSUM_LEVEL_…`). */
  csumLevel(level: number): number;
  /** Asks the routing table; `BPF_FIB_LKUP_RET_…` or a negative errno. */
  fibLookup(params: Ref<typeof FibLookup>, flags: number): number;
}

/** Go on with the next program at this hook. */
export const TCX_NEXT = -1;
export const TCX_PASS = 0;
export const TCX_DROP = 2;
/** What `redirect`, `redirectPeer` and `redirectNeigh` return. */
export const TCX_REDIRECT = 7;

/** `storeBytes`: keep a full checksum of the packet right. */
export const BPF_F_RECOMPUTE_CSUM = 1;
/** `storeBytes`: forget the flow hash. */
export const BPF_F_INVALIDATE_HASH = 2;
/** `l4ChecksumReplace`: the field is part of the pseudo header. */
export const BPF_F_PSEUDO_HDR = 16;
/** `l4ChecksumReplace`: a checksum of 0 means none (UDP) and stays; a result of 0 is written as 0xffff. */
export const BPF_F_MARK_MANGLED_0 = 32;
/** `l4ChecksumReplace`: with the flag before, compute even if there was none. */
export const BPF_F_MARK_ENFORCE = 64;

export const BPF_ADJ_ROOM_NET = 0;
export const BPF_ADJ_ROOM_MAC = 1;
export const BPF_F_ADJ_ROOM_FIXED_GSO = 1n;
export const BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 = 2n;
export const BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 = 4n;
export const BPF_F_ADJ_ROOM_ENCAP_L4_GRE = 8n;
export const BPF_F_ADJ_ROOM_ENCAP_L4_UDP = 16n;
export const BPF_F_ADJ_ROOM_NO_CSUM_RESET = 32n;
export const BPF_F_ADJ_ROOM_DECAP_L3_IPV4 = 128n;
export const BPF_F_ADJ_ROOM_DECAP_L3_IPV6 = 256n;

export const BPF_CSUM_LEVEL_QUERY = 0;
export const BPF_CSUM_LEVEL_INC = 1;
export const BPF_CSUM_LEVEL_DEC = 2;
export const BPF_CSUM_LEVEL_RESET = 3;
