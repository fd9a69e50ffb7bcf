/**
 * A packet in the network stack: its bytes, and what the stack notes about it.
 *
 * ```
 * |<------- linear ------->|<-- fragments -->|
 * start                                      end        `at` reaches the linear part, helpers reach everything
 * ```
 */
import type { Environment } from "../environment.ts";
import { ENOMEM } from "../errno.ts";
import { PacketBuffer, SKB_SIZES } from "../packet-buffer.ts";

/** A packet as the stack hands it to a program: what is not said is 0. */
export interface SkbFacts {
  readonly ifindex?: number;
  readonly ingressIfindex?: number;
  readonly mark?: number;
  readonly priority?: number;
  /** EtherType, host order. Default: what bytes 12 and 13 say. */
  readonly protocol?: number;
  readonly hash?: number;
  readonly gsoSegs?: number;
  readonly gsoSize?: number;
  /** The tag that was taken off; absent without one. */
  readonly vlanTci?: number;
  /** Bytes that `at` reaches; the rest lies in fragments. Default: all. */
  readonly linear?: number;
}

/** A copy that left while the program ran. */
export interface ClonedPacket {
  readonly ifindex: number;
  readonly flags: number;
  readonly packet: Uint8Array;
}

/** What the kernel allows packets to grow to, segmentation offload aside: four pages less struct skb_shared_info. */
export const SKB_MAX_LENGTH = 4 * 4096 - 320;
export const ETH_HLEN = 14;
export const ETH_P_IP = 0x0800;
export const ETH_P_IPV6 = 0x86dd;

export class SkbPacket {
  buffer: PacketBuffer = new PacketBuffer(SKB_SIZES);
  /** End of the part that `at` reaches. */
  linearEnd = 0;
  /** From the start of the packet to the IP header. */
  networkOffset = ETH_HLEN;
  isEncapsulated = false;
  /** How many checksums the device has verified beyond the first; -1: none at all. */
  checksumLevel = -1;
  /** EtherType, host order. */
  protocol = 0;
  hash = 0;
  gsoSize = 0;
  clones: ClonedPacket[] = [];
  readonly environment: Environment;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** Begins a run. */
  load(packet: Uint8Array, facts: SkbFacts): void {
    this.buffer.load(packet);
    this.linearEnd = this.buffer.start + Math.min(facts.linear ?? packet.length, packet.length);
    this.networkOffset = ETH_HLEN;
    this.isEncapsulated = false;
    this.checksumLevel = -1;
    this.protocol = facts.protocol ?? ((packet[12] ?? 0) << 8) | (packet[13] ?? 0);
    this.hash = facts.hash ?? 0;
    this.gsoSize = facts.gsoSize ?? 0;
    this.clones = [];
  }

  get length(): number {
    return this.buffer.length;
  }

  /** Makes the first `length` bytes linear (0: as they are); false beyond the end. */
  makeWritable(length: number): boolean {
    if (length > this.length) return false;
    this.linearEnd = Math.max(this.linearEnd, this.buffer.start + length);
    return true;
  }

  /** Opens `length` zeroed bytes at `offset`; what lies before moves forward. */
  insert(offset: number, length: number): number {
    const { buffer } = this;
    if (length > buffer.start) return ENOMEM;
    const start = buffer.start - length;
    buffer.shift(start, buffer.start, offset);
    buffer.fill(start + offset, start + offset + length);
    buffer.resize(start, buffer.end);
    return 0;
  }

  /** Takes `length` bytes out at `offset`; what lies before moves backward. */
  cut(offset: number, length: number): number {
    const { buffer } = this;
    if (!this.makeWritable(offset + length)) return ENOMEM;
    buffer.shift(buffer.start + length, buffer.start, offset);
    buffer.resize(buffer.start + length, buffer.end);
    return 0;
  }
}
