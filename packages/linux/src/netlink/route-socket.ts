/**
 * A socket to rtnetlink, for requests about interfaces, addresses, routes and neighbours.
 *
 * Requests are synchronous: the kernel does the work inside sendto(2) and the answer is there when that returns, so
 * waiting for it elsewhere would only add a detour. (Notifications are another matter: see watch.ts.)
 *
 * A socket belongs to the network namespace it was opened in, wherever it is used later.
 */
import { errnoOf } from "../errno.ts";
import { FileDescriptor } from "../file-descriptor.ts";
import { libc } from "../syscall/libc.ts";
import { Receiver } from "../syscall/receive.ts";
import { type FailureContext, isSystemError, SystemError, unwrap } from "../system-error.ts";
import { AttributeReader } from "./attribute.ts";
import { decoding } from "./decoded.ts";
import {
  decodeMessages,
  encodeMessage,
  type NetlinkMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "./message.ts";

/** One request. `operation` and `what` go into the error, when there is one. */
export interface RouteRequest {
  readonly operation: string;
  readonly what: string;
  /** RTM_*. */
  readonly type: number;
  /** NLM_F_* beyond the usual. */
  readonly flags?: number;
  readonly payload: Uint8Array;
}

export class RouteSocket {
  readonly #fd: FileDescriptor;
  readonly #receiver: Receiver;
  #sequence = 0;

  /** Opens in the namespace this thread is in: `namespace.enter(() => new RouteSocket())` for another. */
  constructor() {
    this.#fd = openNetlink("route socket", 0);
    this.#receiver = new Receiver(this.#fd, RECEIVE_CAPACITY);
  }

  /**
   * Asks for a change and waits for the kernel's word that it is done.
   *
   * @throws SystemError with the kernel's own explanation in `why` where it gives one
   */
  change(request: RouteRequest): void {
    this.#exchange(request, NLM_F_ACK);
  }

  /** Asks for something to be removed; false when it was not there in the first place. */
  remove(request: RouteRequest): boolean {
    return this.#unlessMissing(request) !== undefined;
  }

  /** Asks for one thing; undefined when the kernel has none such. */
  get(request: RouteRequest): NetlinkMessage | undefined {
    return this.#unlessMissing(request)?.[0];
  }

  /** Asks for a whole table; again, up to a few times, when it changed while it was read. */
  dump(request: RouteRequest): readonly NetlinkMessage[] {
    for (let tries = 1; ; tries++) {
      const messages = this.#exchange(request, NLM_F_DUMP);
      const isTorn = messages.some(({ flags }) => (flags & NLM_F_DUMP_INTR) !== 0);
      if (!isTorn) return messages.filter(({ type }) => type !== NLMSG_DONE);
      if (tries === DUMP_TRIES) {
        throw new SystemError(EINTR, {
          ...request,
          why: `the table kept changing while it was read, ${DUMP_TRIES} times in a row`,
          fix: "Try again when fewer changes are made.",
        });
      }
    }
  }

  close(): void {
    this.#fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #unlessMissing(request: RouteRequest): readonly NetlinkMessage[] | undefined {
    try {
      return this.#exchange(request, NLM_F_ACK);
    } catch (error) {
      if (isSystemError(error, "ENODEV", "ENOENT", "ESRCH", "EADDRNOTAVAIL")) return undefined;
      throw error;
    }
  }

  #exchange(request: RouteRequest, flags: number): NetlinkMessage[] {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const bytes = encodeMessage({
      type: request.type,
      flags: NLM_F_REQUEST | flags | (request.flags ?? 0),
      sequence: this.#sequence,
      port: 0,
      payload: request.payload,
    });
    unwrap(libc().sendto(this.#fd.number, bytes, bytes.length, 0, null, 0), () => request);
    return this.#collect(request);
  }

  /** Reads until the answer to the last request is complete: an acknowledgement, an error, or the end of a dump. */
  #collect(request: RouteRequest): NetlinkMessage[] {
    const answer: NetlinkMessage[] = [];
    for (;;) {
      for (const message of this.#receive(request)) {
        if (message.sequence !== this.#sequence) continue; // the rest of an earlier answer that was given up
        if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
          assertSuccess(message, request);
          if (message.type === NLMSG_DONE) answer.push(message); // it may carry NLM_F_DUMP_INTR
          return answer;
        }
        answer.push(message);
      }
    }
  }

  #receive(request: RouteRequest): readonly NetlinkMessage[] {
    const datagram = this.#receiver.receive();
    if (typeof datagram === "number") throw new SystemError(-datagram, receiveFailure(request, -datagram));
    if (!isFromKernel(datagram.address)) return [];
    if (datagram.isTruncated) throw unusable(request, `it is longer than ${RECEIVE_CAPACITY} bytes`);
    const messages = decodeMessages(datagram.bytes);
    if (!messages.ok) throw unusable(request, messages.problem);
    return messages.value;
  }
}

/** Opens and binds a netlink socket for routing, with explanations in errors and strict checking of requests. */
export function openNetlink(label: string, groups: number, isBlocking = true): FileDescriptor {
  const type = SOCK_RAW | SOCK_CLOEXEC | (isBlocking ? 0 : SOCK_NONBLOCK);
  const number = unwrap(libc().socket(AF_NETLINK, type, NETLINK_ROUTE), () => ({
    operation: "socket(AF_NETLINK)",
    what: `Cannot open a ${label}`,
  }));
  const fd = new FileDescriptor(number, label);
  try {
    // Options that an older kernel does not know are left out: errors are less telling then, and nothing else.
    for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK]) {
      setOption(fd, SOL_NETLINK, option, Int32Array.of(1));
    }
    // The answer is there when sendto returns. Should it ever not be, an error is better than a process that hangs.
    if (isBlocking) setOption(fd, SOL_SOCKET, SO_RCVTIMEO, BigInt64Array.of(5n, 0n));
    const address = new Uint8Array(12); // struct sockaddr_nl: family, padding, port 0 for "choose one", groups
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(8, groups, true);
    unwrap(libc().bind(fd.number, address, address.length), () => ({
      operation: "bind",
      what: `Cannot bind a ${label}`,
    }));
    return fd;
  } catch (error) {
    fd.close();
    throw error;
  }
}

/** True for a sender with port 0, which only the kernel has: any process may send to our socket. */
export function isFromKernel(address: Uint8Array): boolean {
  return address.length >= 8 && new DataView(address.buffer, address.byteOffset).getUint32(4, true) === 0;
}

const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;
const EINTR = 4;
const EAGAIN = 11;
const EPROTO = 71;
const DUMP_TRIES = 5;
/** The kernel makes dump messages as large as the reader's buffer, up to 32 KiB. */
const RECEIVE_CAPACITY = 64 * 1024;

function setOption(fd: FileDescriptor, level: number, option: number, value: Int32Array | BigInt64Array): void {
  libc().setsockopt(fd.number, level, option, new Uint8Array(value.buffer), value.byteLength);
}

function receiveFailure(request: RouteRequest, errno: number): FailureContext {
  if (errno !== EAGAIN) return request;
  return { ...request, why: "the kernel did not answer within 5 seconds", fix: "Look into the kernel log (dmesg)." };
}

function unusable(request: RouteRequest, problem: string): SystemError {
  return new SystemError(EPROTO, {
    ...request,
    why: `the kernel's answer cannot be read: ${problem}`,
    fix: "Report this together with the kernel's version (uname -r).",
  });
}

/** NLMSG_ERROR and NLMSG_DONE begin with the error number, 0 for success. */
function assertSuccess(message: NetlinkMessage, request: RouteRequest): void {
  if (message.payload.length < 4) return;
  const { buffer, byteOffset } = message.payload;
  const errno = -new DataView(buffer, byteOffset).getInt32(0, true);
  if (errno <= 0) return;
  const explanation = explanationOf(message);
  throw new SystemError(errno, {
    operation: request.operation,
    what: request.what,
    ...(explanation !== undefined && { why: `${explanation} (${errnoOf(errno).text})` }),
  });
}

/**
 * The sentence the kernel gives with an error, and where in the request the trouble is.
 *
 * @see Documentation/userspace-api/netlink/intro.rst, "Ext ACK"
 */
function explanationOf({ type, flags, payload }: NetlinkMessage): string | undefined {
  if ((flags & NLM_F_ACK_TLVS) === 0) return undefined;
  // After the error number an NLMSG_ERROR repeats the request's header, and all of the request unless it is capped.
  let start = 4;
  if (type === NLMSG_ERROR) {
    if (payload.length < 20) return undefined;
    const requestLength = new DataView(payload.buffer, payload.byteOffset).getUint32(4, true);
    start += (flags & NLM_F_CAPPED) !== 0 ? 16 : (requestLength + 3) & ~3;
  }
  const attributes = decoding(() => new AttributeReader(payload.subarray(start)));
  if (!attributes.ok) return undefined;
  const text = decoding(() => attributes.value.string(NLMSGERR_ATTR_MSG));
  const offset = decoding(() => attributes.value.u32(NLMSGERR_ATTR_OFFS));
  const place = offset.ok && offset.value !== undefined ? `byte ${offset.value} of the request` : undefined;
  if (text.ok && text.value !== undefined) return place === undefined ? text.value : `${text.value}, at ${place}`;
  return place === undefined ? undefined : `the trouble is at ${place}`;
}
