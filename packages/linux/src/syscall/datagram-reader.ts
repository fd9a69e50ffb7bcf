/**
 * Receiving datagrams as they come, without a thread and without keeping everything else from running.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FileDescriptor } from "../file-descriptor.ts";
import { Readiness } from "./readiness.ts";
import { type Datagram, Receiver } from "./receive.ts";

/** Reads one descriptor, which does not block. */
export class DatagramReader {
  readonly #fd: FileDescriptor;
  readonly #receiver: Receiver;
  readonly #readiness: Readiness;
  #sinceTurn = 0;

  /**
   * Takes the descriptor over: it is closed when this throws.
   *
   * @param capacity bytes of the longest datagram that fits
   */
  constructor(fd: FileDescriptor, capacity: number) {
    this.#fd = fd;
    this.#receiver = new Receiver(fd, capacity);
    try {
      this.#readiness = new Readiness(fd);
    } catch (error) {
      fd.close();
      throw error;
    }
  }

  /** The next datagram that is there already, or a negative error number: -11 (EAGAIN) when there is none. */
  take(): Datagram | number {
    return this.#receiver.receive();
  }

  /** Waits for the next datagram. A negative error number when reading fails; undefined once the descriptor is closed. */
  async next(): Promise<Datagram | number | undefined> {
    // Under a flood every read succeeds at once, and awaiting what is there already gives nobody else a turn.
    if (++this.#sinceTurn > READS_IN_A_TURN) {
      this.#sinceTurn = 0;
      await nextTurn();
    }
    while (this.#fd.isOpen) {
      const datagram = this.take();
      if (datagram !== -EAGAIN) return datagram;
      this.#sinceTurn = 0;
      if (!(await this.#readiness.wait())) return undefined;
    }
    return undefined;
  }
}

const EAGAIN = 11;
const READS_IN_A_TURN = 64;
