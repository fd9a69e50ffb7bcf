/**
 * recvmsg(2) into memory that is laid out once and reused: the datagram, who sent it, and the control messages beside it.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { libc } from "./libc.ts";
import { addressOf } from "./memory.ts";

/** One datagram. The bytes are the caller's own. */
export interface Datagram {
  readonly bytes: Uint8Array;
  /** The sender's socket address (struct sockaddr_*), as long as the kernel made it. */
  readonly address: Uint8Array;
  readonly control: readonly ControlMessage[];
  /** True when the datagram was longer than the buffer, and its end is lost. */
  readonly isTruncated: boolean;
}

/** struct cmsghdr and its payload. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Receives from one descriptor. */
export class Receiver {
  readonly #fd: FileDescriptor;
  readonly #bytes: Uint8Array;
  readonly #address = new Uint8Array(128); // struct sockaddr_storage
  readonly #control = new Uint8Array(512);
  readonly #vector = new Uint8Array(16); // struct iovec
  readonly #header = new Uint8Array(56); // struct msghdr
  readonly #headerView = new DataView(this.#header.buffer);

  /** @param capacity bytes of the longest datagram that fits */
  constructor(fd: FileDescriptor, capacity: number) {
    this.#fd = fd;
    this.#bytes = new Uint8Array(capacity);
    const vector = new DataView(this.#vector.buffer);
    vector.setBigUint64(0, addressOf(this.#bytes), true);
    vector.setBigUint64(8, BigInt(capacity), true);
    this.#headerView.setBigUint64(0, addressOf(this.#address), true);
    this.#headerView.setBigUint64(16, addressOf(this.#vector), true);
    this.#headerView.setBigUint64(24, 1n, true);
    this.#headerView.setBigUint64(32, addressOf(this.#control), true);
  }

  /** Takes the next datagram, or a negative error number: -11 (EAGAIN) when there is none. */
  receive(): Datagram | number {
    // The kernel overwrites these three with what it used of them.
    this.#headerView.setUint32(8, this.#address.length, true);
    this.#headerView.setBigUint64(40, BigInt(this.#control.length), true);
    this.#headerView.setUint32(48, 0, true);
    const size = libc().recvmsg(this.#fd.number, this.#header, 0);
    if (size < 0) return size;
    const controlSize = Number(this.#headerView.getBigUint64(40, true));
    return {
      bytes: this.#bytes.slice(0, size),
      address: this.#address.slice(0, this.#headerView.getUint32(8, true)),
      control: controlSize === 0 ? [] : parseControl(this.#control.slice(0, controlSize)),
      isTruncated: (this.#headerView.getUint32(48, true) & MSG_TRUNC) !== 0,
    };
  }
}

const MSG_TRUNC = 0x20;
/** struct cmsghdr: length (8 bytes, with this header), level, type; the next one begins at a multiple of 8. */
const CONTROL_HEADER_SIZE = 16;

/** Splits the control buffer; a message that claims more than there is ends the list. */
export function parseControl(bytes: Uint8Array): readonly ControlMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: ControlMessage[] = [];
  for (let offset = 0; offset + CONTROL_HEADER_SIZE <= bytes.length; ) {
    const length = Number(view.getBigUint64(offset, true));
    if (length < CONTROL_HEADER_SIZE || length > bytes.length - offset) break;
    messages.push({
      level: view.getInt32(offset + 8, true),
      type: view.getInt32(offset + 12, true),
      bytes: bytes.slice(offset + CONTROL_HEADER_SIZE, offset + length),
    });
    offset += Math.ceil(length / 8) * 8;
  }
  return messages;
}
