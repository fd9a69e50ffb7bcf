/**
 * Reads a ring buffer: records as programs put them in, without polling and without a system call for each.
 *
 *     using ring = collection.ringBuffer(events);
 *     for await (const event of ring.values()) …
 */
import { Mapping, pageSize, Readiness } from "@weir/linux";
import type { AnyLayout } from "../language/layout.ts";
import type { RingBuffer } from "../language/map/ring-buffer.ts";
import type { Codec } from "./codec.ts";
import { assertDeclared } from "./declared.ts";
import type { KernelMap } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";
import type { Plain } from "./plain.ts";
import { drainRing, type RingMemory, takeRecord } from "./ring-records.ts";
import { valueCodec } from "./typed-map.ts";
import { Undo } from "./undo.ts";

/** One reader of a ring. A ring has one consumer position: two readers would take records from each other. */
export class RingBufferReader<Value> {
  readonly #name: string;
  readonly #value: Codec<Value, never>;
  readonly #resources: readonly { close(): void }[];
  readonly #ring: RingMemory;
  readonly #readiness: Readiness;
  #isClosed = false;

  constructor(map: KernelMap, value: Codec<Value, never>) {
    const { fd, name, info } = map;
    const page = pageSize();
    this.#name = name;
    this.#value = value;
    const { own, kernels, copy } = Undo.run((undo) => ({
      // First a page with the consumer's position, which we write; then one with the producer's, and the data twice.
      own: undo.closing(new Mapping({ fd, size: page, isWritable: true })),
      kernels: undo.closing(new Mapping({ fd, offset: page, size: page + 2 * info.maxEntries })),
      // A descriptor of its own: the event loop takes each number once, and closing it ends only this reader.
      copy: undo.closing(fd.duplicate()),
    }));
    this.#resources = [own, kernels, copy];
    this.#readiness = new Readiness(copy);
    this.#ring = {
      consumer: new BigUint64Array(own.buffer, 0, 1),
      producer: new BigUint64Array(kernels.buffer, 0, 1),
      data: new Uint8Array(kernels.buffer, page, 2 * info.maxEntries),
      words: new Uint32Array(kernels.buffer, page, info.maxEntries / 2),
      size: info.maxEntries,
    };
  }

  /**
   * Hands the records that are there now to `visit`, without copying: their bytes are good until `visit` returns.
   *
   * @returns how many
   */
  drain(visit: (record: Uint8Array) => void): number {
    if (this.#isClosed) throw new Error(`Cannot read the ring buffer ${this.#name}: this reader is closed.`);
    return drainRing(this.#ring, visit);
  }

  /** The records, those that are there and those to come, until the reader is closed. Each is consumed as it is given. */
  async *records(): AsyncGenerator<Uint8Array, void, undefined> {
    while (!this.#isClosed) {
      const record = takeRecord(this.#ring);
      if (record !== undefined) yield record;
      // Also true while a program is still filling the first record, which takes it microseconds.
      else if (!(await this.#readiness.wait())) return;
    }
  }

  /**
   * As records, decoded by the declaration.
   *
   * @throws LoaderError "record-malformed" for a record of another size
   */
  async *values(): AsyncGenerator<Value, void, undefined> {
    for await (const record of this.records()) {
      if (record.length !== this.#value.size) {
        throw new LoaderError({
          code: "record-malformed",
          what: `Cannot decode a record of the ring buffer ${this.#name}`,
          why: `it has ${record.length} bytes, and the declared layout ${this.#value.size}`,
          fix: "Read it as bytes with records(), or put in records of the declared layout only.",
        });
      }
      yield this.#value.decode(record);
    }
  }

  /** Ends all iterations, those that wait too. The ring stays; what was not read is there for the next reader. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const resource of this.#resources) resource.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** @throws LoaderError "map-of-another-layout" when the declaration is of another map */
export function ringBufferReader<L extends AnyLayout>(
  map: KernelMap,
  declaration: RingBuffer<L>,
): RingBufferReader<Plain<L>> {
  assertDeclared(map, declaration, ["ringBuffer"]);
  return new RingBufferReader(map, valueCodec<L>(declaration));
}
