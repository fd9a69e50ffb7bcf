/**
 * A packet with room around it.
 *
 * ```
 * |<-- headroom -->|<---- packet ---->|<-- tailroom -->|
 * 0                start              end              capacity
 * ```
 *
 * Moving either end makes all references stale, those to bytes that did not move included: that is the verifier's rule.
 */
import { Memory } from "../language/memory.ts";

/** Sizes of a buffer, in bytes. */
export interface BufferSizes {
  readonly headroom: number;
  /** Headroom, packet and tailroom. */
  readonly capacity: number;
}

/** What the kernel's test run gives an XDP program: a page, less the room for struct skb_shared_info at its end. */
export const XDP_SIZES: BufferSizes = { headroom: 256, capacity: 4096 - 320 };
/**
 * Enough for the largest packet that segmentation offload makes, and for all that helpers may put in front of it: the
 * kernel allocates anew where its headroom ends.
 */
export const SKB_SIZES: BufferSizes = { headroom: 16_384, capacity: 16_384 + 65_536 + 16_384 };

export class PacketBuffer {
  /** What references point into now. */
  memory: Memory;
  start: number;
  end: number;
  readonly capacity: number;
  readonly #headroom: number;
  readonly #whole: Memory;
  /** Memories that went stale in this run; they are shown again in the next one, when no reference to them is left. */
  readonly #stale: Memory[] = [];
  #staleCount = 0;

  constructor(sizes: BufferSizes) {
    this.#headroom = sizes.headroom;
    this.capacity = sizes.capacity;
    this.#whole = Memory.zeroed(sizes.capacity);
    this.memory = new Memory(this.#whole.bytes);
    this.start = sizes.headroom;
    this.end = sizes.headroom;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** The packet itself: valid until it is moved or another one is loaded. */
  get bytes(): Uint8Array {
    return this.#whole.bytes.subarray(this.start, this.end);
  }

  /**
   * Copies a packet in, behind the full headroom.
   *
   * @throws when it is too long for the buffer
   */
  load(packet: Uint8Array): void {
    const end = this.#headroom + packet.length;
    if (end > this.capacity) {
      throw new RangeError(
        `Cannot load a packet of ${packet.length} bytes: the buffer holds ${this.capacity - this.#headroom}. Make the buffer larger or the packet shorter.`,
      );
    }
    this.#whole.bytes.set(packet, this.#headroom);
    this.start = this.#headroom;
    this.end = end;
  }

  /** Moves both ends and makes references stale. Bytes that are gained keep what they held. */
  resize(start: number, end: number): void {
    this.start = start;
    this.end = end;
    this.invalidate();
  }

  /** Makes references stale. */
  invalidate(): void {
    const before = this.memory;
    const reused = this.#stale[this.#staleCount];
    if (reused === undefined) {
      this.memory = new Memory(this.#whole.bytes);
      this.#stale[this.#staleCount] = before;
    } else {
      reused.show(this.#whole);
      this.#stale[this.#staleCount] = before;
      this.memory = reused;
    }
    this.#staleCount++;
    before.invalidate();
  }

  /** Ends a run: no reference of it is left, so memories may be used again. */
  settle(): void {
    this.#staleCount = 0;
  }

  fill(from: number, to: number): void {
    this.#whole.bytes.fill(0, from, to);
  }

  /** Moves bytes inside the buffer: the target may overlap the source. */
  shift(to: number, from: number, length: number): void {
    this.#whole.bytes.copyWithin(to, from, from + length);
  }
}
