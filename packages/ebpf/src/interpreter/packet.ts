/**
 * A packet with room in front and behind, moved as the kernel moves an XDP packet.
 *
 *     buffer   | headroom | metadata | packet | tailroom |
 *                         ^metaStart ^start   ^end
 */

import type { InterpretedPacket } from "./machine.ts";

const EINVAL = 22;
const EACCES = 13;

/** The kernel lets a packet shrink to the Ethernet header, which it needs to go on. */
const MIN_PACKET_BYTES = 14;
/** Metadata is copied in words and its length is kept in a byte. */
const MAX_META_BYTES = 252;

/**
 * Room in front of a packet: XDP_PACKET_HEADROOM (256) less the `struct xdp_frame` (40) that the kernel keeps there.
 *
 * @see kernel net/core/filter.c, bpf_xdp_adjust_head
 */
export const XDP_HEADROOM = 216;

export class PacketBuffer implements InterpretedPacket {
  readonly buffer: Uint8Array;
  #metaStart: number;
  #start: number;
  #end: number;
  #generation = 0;

  /** @param packet copied; headroom and tailroom are zero */
  constructor(packet: Uint8Array, headroom = XDP_HEADROOM, tailroom = 256) {
    this.buffer = new Uint8Array(headroom + packet.length + tailroom);
    this.buffer.set(packet, headroom);
    this.#metaStart = headroom;
    this.#start = headroom;
    this.#end = headroom + packet.length;
  }

  get metaStart(): number {
    return this.#metaStart;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The packet as it now is, live, without metadata. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.#start, this.#end);
  }

  adjustHead(delta: number): number {
    const metaBytes = this.#start - this.#metaStart;
    const start = this.#start + delta;
    if (start < metaBytes || start > this.#end - MIN_PACKET_BYTES) return -EINVAL;
    // Metadata stays in front of the packet: it moves along.
    this.buffer.copyWithin(start - metaBytes, this.#metaStart, this.#start);
    this.#metaStart = start - metaBytes;
    this.#start = start;
    this.#generation++;
    return 0;
  }

  adjustTail(delta: number): number {
    const end = this.#end + delta;
    if (end > this.buffer.length || end < this.#start + MIN_PACKET_BYTES) return -EINVAL;
    if (end > this.#end) this.buffer.fill(0, this.#end, end);
    this.#end = end;
    this.#generation++;
    return 0;
  }

  adjustMeta(delta: number): number {
    const metaStart = this.#metaStart + delta;
    if (metaStart < 0 || metaStart > this.#start) return -EINVAL;
    const metaBytes = this.#start - metaStart;
    if (metaBytes % 4 !== 0 || metaBytes > MAX_META_BYTES) return -EACCES;
    this.#metaStart = metaStart;
    this.#generation++;
    return 0;
  }
}
