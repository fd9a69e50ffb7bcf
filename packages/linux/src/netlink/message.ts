/**
 * Netlink messages: a header of 16 bytes, then a structure of the message's own, then attributes.
 *
 *     0       4     6     8          12       16
 *     | length | type | flags | sequence | port | payload ... | next message, at a multiple of 4
 *
 * @see include/uapi/linux/netlink.h, struct nlmsghdr
 */
import { type Decoded, decoding, malformed } from "./decoded.ts";

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** The port id of the socket this answers; 0 in a notification. */
  readonly port: number;
  readonly payload: Uint8Array;
}

/** Message types that every family has. */
export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;

/** Flags of a request. */
export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;

/** Flags of an answer. */
export const NLM_F_MULTI = 0x2;
/** The table changed while it was being dumped, so that entries may be missing or doubled. */
export const NLM_F_DUMP_INTR = 0x10;

export function encodeMessage({ type, flags, sequence, port, payload }: NetlinkMessage): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, port, true);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}

/** Splits a datagram into its messages. */
export function decodeMessages(bytes: Uint8Array): Decoded<readonly NetlinkMessage[]> {
  return decoding(() => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const messages: NetlinkMessage[] = [];
    for (let offset = 0; offset < bytes.length; ) {
      const left = bytes.length - offset;
      if (left < HEADER_SIZE) malformed(`a message at byte ${offset} needs a header of 16 bytes, ${left} are left`);
      const length = view.getUint32(offset, true);
      if (length < HEADER_SIZE || length > left) {
        malformed(`the message at byte ${offset} claims ${length} bytes, ${left} are left`);
      }
      messages.push({
        type: view.getUint16(offset + 4, true),
        flags: view.getUint16(offset + 6, true),
        sequence: view.getUint32(offset + 8, true),
        port: view.getUint32(offset + 12, true),
        payload: bytes.subarray(offset + HEADER_SIZE, offset + length),
      });
      offset += align(length);
    }
    return messages;
  });
}

const HEADER_SIZE = 16;

function align(length: number): number {
  return (length + 3) & ~3;
}
