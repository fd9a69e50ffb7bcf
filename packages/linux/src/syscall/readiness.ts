/**
 * Waiting until a descriptor has something to read, without a thread and without polling.
 *
 * Node's event loop waits in epoll already; koffi can add descriptors to it (`koffi.node.poll`, a libuv poll handle).
 * All descriptors of the process share that one wait. See docs/decisions/011-waiting-in-nodes-own-epoll.md.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { SystemError, unwrap } from "../system-error.ts";
import { koffi, libc } from "./libc.ts";

/**
 * One descriptor in the event loop. It keeps the process alive only while somebody waits.
 *
 * Closing it, or the descriptor, ends a pending wait. The number is taken out of the loop before the descriptor gives
 * it back, since the next open would get the same number.
 */
export class Readiness {
  readonly #number: number;
  readonly #withdraw: () => void;
  #handle: PollHandle | undefined;
  #pending: Wait | undefined;
  #isClosed = false;

  /** Throws a SystemError: EPERM for a descriptor that cannot be waited for, EEXIST when something waits for it already. */
  constructor(fd: FileDescriptor) {
    this.#number = fd.number;
    assertPollable(fd);
    watched.add(this.#number);
    this.#withdraw = fd.beforeClose(() => this.close());
  }

  /**
   * Resolves with true once a read would not block, or would report an error; with false when this was closed.
   *
   * A true answer may be stale by the time the read happens: read without blocking, and wait again on EAGAIN.
   */
  wait(): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false);
    this.#pending ??= this.#arm();
    return this.#pending.promise;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#withdraw();
    this.#handle?.close();
    this.#handle = undefined;
    watched.delete(this.#number);
    this.#settle(false);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #arm(): Wait {
    // The event loop calls back outside of any JavaScript, so that promises settled there would only run their
    // reactions whenever something else does. An immediate follows in the same turn of the loop and runs them.
    const onEvent = () => {
      this.#handle?.stop(); // one event for each wait: the loop would repeat it until somebody reads
      setImmediate(() => this.#settle(true));
    };
    if (this.#handle === undefined) this.#handle = koffi().node.poll(this.#number, { readable: true }, onEvent);
    else this.#handle.start({ readable: true }, onEvent);
    return createWait();
  }

  #settle(isReady: boolean): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(isReady);
  }
}

interface PollHandle {
  start(events: { readable: boolean }, callback: () => void): void;
  stop(): void;
  close(): void;
}

interface Wait {
  readonly promise: Promise<boolean>;
  readonly resolve: (isReady: boolean) => void;
}

function createWait(): Wait {
  let resolve: (isReady: boolean) => void = () => {};
  const promise = new Promise<boolean>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Numbers in the event loop through this module. libuv allows each of them once. */
const watched = new Set<number>();

/**
 * Asks epoll itself whether it takes the descriptor. koffi 3.3 ends the whole process when libuv refuses one, so it must
 * never be offered a descriptor that will be refused.
 */
function assertPollable(fd: FileDescriptor): void {
  if (watched.has(fd.number)) {
    throw new SystemError(EEXIST, {
      operation: "Readiness",
      what: `Cannot wait for the ${fd.label}`,
      why: "something in this process waits for it already",
      fix: "Share that one, or duplicate the descriptor.",
    });
  }
  const { epollCreate, epollControl, close } = libc();
  const epoll = unwrap(epollCreate(EPOLL_CLOEXEC), () => ({
    operation: "epoll_create1",
    what: "Cannot open an epoll",
  }));
  const result = epollControl(epoll, EPOLL_CTL_ADD, fd.number, new Uint8Array(16));
  close(epoll);
  unwrap(result, () => ({
    operation: "epoll_ctl(EPOLL_CTL_ADD)",
    what: `Cannot wait for the ${fd.label}`,
    ...(result === -EPERM && {
      why: "this kind of descriptor never becomes readable",
      fix: "Wait for a socket, a ring buffer or an eventfd.",
    }),
  }));
}

const EPERM = 1;
const EEXIST = 17;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
