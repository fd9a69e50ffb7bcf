/**
 * Records in the memory of a ring buffer. Pure.
 *
 *     | length 30, discarded 1, busy 1 | page offset 32 | data … | padding to a multiple of 8 |
 *
 * Positions only grow; the place in memory is the position modulo the size of the ring. The kernel maps the data twice, one
 * copy right behind the other, so that a record that wraps around lies in one piece.
 *
 * @see kernel Documentation/bpf/ringbuf.rst; kernel/bpf/ringbuf.c, struct bpf_ringbuf_hdr
 */

/** What lies at the consumer's position. */
export type RingItem =
  /** Everything was consumed. */
  | { readonly kind: "empty" }
  /** A program is still filling this record, and those behind it have to wait. */
  | { readonly kind: "busy" }
  /** A record that its program gave up; `advance` past it. */
  | { readonly kind: "discarded"; readonly advance: number }
  /** `length` bytes from `at` in the memory; `advance` is what the record takes with header and padding. */
  | { readonly kind: "record"; readonly at: number; readonly length: number; readonly advance: number }
  /** No kernel writes that. */
  | { readonly kind: "malformed"; readonly why: string };

/** Bytes in front of each record. */
export const RECORD_HEADER_BYTES = 8;

const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;

/**
 * Reads the item at a place in the ring.
 *
 * @param header the word at that place, loaded atomically by the caller
 * @param at the consumer's position modulo the size of the ring
 * @param available bytes between the consumer's and the producer's position
 */
export function ringItem(header: number, at: number, available: number): RingItem {
  if (available === 0) return { kind: "empty" };
  if ((header & BUSY) !== 0) return { kind: "busy" };
  const length = header & LENGTH;
  const advance = (RECORD_HEADER_BYTES + length + 7) & ~7;
  if (available < advance) {
    return { kind: "malformed", why: `a record of ${length} bytes is announced, and ${available} bytes are there` };
  }
  if ((header & DISCARDED) !== 0) return { kind: "discarded", advance };
  return { kind: "record", at: at + RECORD_HEADER_BYTES, length, advance };
}

/** The memory of a ring, as it is mapped. */
export interface RingMemory {
  /** Position up to which records were consumed; written by the reader. */
  readonly consumer: BigUint64Array;
  /** Position up to which records were produced. */
  readonly producer: BigUint64Array;
  /** The data, twice in a row. */
  readonly data: Uint8Array;
  /** The same memory, for the headers. */
  readonly words: Uint32Array;
  /** Bytes of the data once, a power of two. */
  readonly size: number;
}

/**
 * Hands the complete records to `visit`, each consumed when `visit` returns or throws: its bytes are good until then.
 *
 * @returns how many
 * @throws Error for a malformed record
 */
export function drainRing(ring: RingMemory, visit: (record: Uint8Array) => void): number {
  for (let count = 0; ; count++) {
    const found = firstRecord(ring);
    if (found === undefined) return count;
    try {
      visit(found.bytes);
    } finally {
      Atomics.store(ring.consumer, 0, found.next);
    }
  }
}

/** A copy of the first complete record, which is consumed with that; undefined when there is none. */
export function takeRecord(ring: RingMemory): Uint8Array | undefined {
  const found = firstRecord(ring);
  if (found === undefined) return undefined;
  const copy = found.bytes.slice();
  Atomics.store(ring.consumer, 0, found.next);
  return copy;
}

/** The first complete record, past those that were discarded, and the position behind it. */
function firstRecord({ consumer, producer, data, words, size }: RingMemory) {
  for (let position = Atomics.load(consumer, 0); ; ) {
    const available = Number(Atomics.load(producer, 0) - position);
    const at = Number(position % BigInt(size));
    const item = ringItem(available === 0 ? 0 : Atomics.load(words, at / 4), at, available);
    switch (item.kind) {
      case "empty":
      case "busy":
        return undefined;
      case "malformed":
        throw new Error(`A ring buffer is out of order at position ${position}: ${item.why}.`);
      case "record":
        return { bytes: data.subarray(item.at, item.at + item.length), next: position + BigInt(item.advance) };
      case "discarded":
        position += BigInt(item.advance);
        Atomics.store(consumer, 0, position);
    }
  }
}
