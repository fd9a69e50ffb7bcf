/**
 * Memory that references point into: a packet, the stack, the values of a map.
 *
 * A reference holds the memory, not the view: when a helper moves the packet, `invalidate` takes the view away and every
 * reference into the old place fails at its next use, at no cost for those that are still good.
 */
export class Memory {
  view: DataView;
  bytes: Uint8Array;
  /**
   * The same bytes as u64 words, for accesses at multiples of 8: V8 keeps such words in registers, and makes a bigint of
   * each that comes through `view`. Empty where that would be wrong, so its length is to be looked at first.
   */
  wide: BigUint64Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.wide = wordsOf(bytes);
  }

  /** Zeroed memory of its own. */
  static zeroed(size: number): Memory {
    return new Memory(new Uint8Array(size));
  }

  /** Makes every reference into this memory stale. */
  invalidate(): void {
    this.view = gone.view;
    this.bytes = gone.bytes;
    this.wide = gone.wide;
  }

  /** Shows the same bytes as another memory, again or for the first time. */
  show(other: Memory): void {
    this.view = other.view;
    this.bytes = other.bytes;
    this.wide = other.wide;
  }
}

/** What a stale memory shows: nothing, so that every access is out of bounds. */
const gone = { bytes: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)), wide: new BigUint64Array(0) };

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Accesses compute indexes in 32 bits, and rely on the machine's order of bytes. */
function wordsOf(bytes: Uint8Array): BigUint64Array {
  const fits = isLittleEndian && bytes.byteOffset % 8 === 0 && bytes.byteLength <= 0xffffffff;
  return fits ? new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 3) : gone.wide;
}

/** V8 says this when an access leaves its view; references are in bounds by construction, so the cause is staleness. */
const OUT_OF_VIEW = "Offset is outside the bounds of the DataView";

/**
 * Says in a packet program's words what V8 says in its own: an access outside a view means a stale reference.
 * Other errors come back as they are.
 */
export function explainAccess(error: unknown): unknown {
  if (!(error instanceof RangeError) || error.message !== OUT_OF_VIEW) return error;
  return new Error(
    "Cannot use a stale reference: a helper that may move the packet (adjustHead, pullData, …) was called after ctx.at(). Call ctx.at() again after the helper and test the result.",
    { cause: error },
  );
}
