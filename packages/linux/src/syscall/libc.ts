/**
 * The C library's system call wrappers, bound through koffi. Nothing else in the project calls native code.
 *
 * Every function answers as the kernel itself does: a result that is not negative, or a negative error number. Errors
 * are therefore plain numbers here, cheap enough for hot paths; the layers above turn them into SystemErrors.
 *
 * koffi is loaded at the first call, not when this module is imported: the twin imports our types on systems that have
 * no such library, and a command that only prints its help should not pay for it.
 */
import { createRequire } from "node:module";
import { endianness } from "node:os";

type Koffi = typeof import("koffi");

/** Memory to hand to the kernel: bytes, a raw address, or NULL. */
export type Pointer = Uint8Array | bigint | null;

export interface Libc {
  /** syscall(2) in the shape that bpf(2) needs, which has no wrapper of its own in the C library. */
  readonly syscall: (number: number, command: number, pointer: Pointer, size: number) => number;
  readonly open: (path: string, flags: number, mode: number) => number;
  readonly close: (fd: number) => number;
  readonly fcntl: (fd: number, command: number, argument: number) => number;
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: Pointer, length: number) => number;
  readonly setsockopt: (fd: number, level: number, option: number, value: Pointer, length: number) => number;
  readonly sendto: (
    fd: number,
    bytes: Pointer,
    size: number,
    flags: number,
    address: Pointer,
    length: number,
  ) => number;
  readonly recvmsg: (fd: number, header: Pointer, flags: number) => number;
  readonly epollCreate: (flags: number) => number;
  readonly epollControl: (epoll: number, operation: number, fd: number, event: Pointer) => number;
  /** An event counter; what tests of waiting wait for. */
  readonly eventfd: (initial: number, flags: number) => number;
  readonly setns: (fd: number, type: number) => number;
  readonly unshare: (flags: number) => number;
  readonly mount: (source: string, target: string, type: string, flags: number, options: string | null) => number;
  readonly umount2: (target: string, flags: number) => number;
  readonly prlimit: (pid: number, resource: number, wanted: Pointer, previous: Pointer) => number;
  /** Answers the address, a number since user addresses stay below 2^53, or a negative error number. */
  readonly mmap: (hint: Pointer, size: number, protection: number, flags: number, fd: number, offset: number) => number;
  readonly munmap: (address: bigint, size: number) => number;
  /** Writes the name into 16 bytes. Answers 0 when there is no such interface. */
  readonly ifIndexToName: (ifindex: number, name: Pointer) => number;
  readonly getpagesize: () => number;
}

/** The bound library; the first call loads it. Throws an Error that says how to fix it when it cannot be loaded. */
export function libc(): Libc {
  bound ??= bind(koffi());
  return bound;
}

/** koffi itself, for addresses, views and readiness; only this folder uses it. */
export function koffi(): Koffi {
  loaded ??= load();
  return loaded;
}

let loaded: Koffi | undefined;
let bound: Libc | undefined;

function load(): Koffi {
  if (process.platform !== "linux") {
    throw new Error(
      `Cannot make Linux system calls: this is ${process.platform}. ` +
        "Run the kernel path on Linux; programs run everywhere in the twin.",
    );
  }
  if (endianness() !== "LE") {
    throw new Error(
      "Cannot make Linux system calls: the structures here are laid out for little-endian machines, and this one is " +
        "big-endian. Use a little-endian machine.",
    );
  }
  try {
    return createRequire(import.meta.url)("koffi");
  } catch (cause) {
    throw new Error(
      `Cannot load koffi, the library that makes system calls, for ${process.platform}-${process.arch}. ` +
        "Run npm ci on this machine without --omit=optional.",
      { cause },
    );
  }
}

function bind({ load: open, errno }: Koffi): Libc {
  const library = open(null); // the symbols of this process, so that glibc and musl both work

  /** koffi's functions are untyped; the interface above is where their types are stated. */
  const answering =
    // biome-ignore lint/suspicious/noExplicitAny: koffi types every bound function as (...any) => any
    (definition: string): ((...values: any[]) => number) => {
      const native = library.func(definition);
      return (...values) => {
        const result: number = native(...values);
        return result === -1 ? -errno() : result;
      };
    };

  // Variadic in C. Declared with fixed arguments, which the calling conventions of all supported machines pass alike.
  const syscall = library.func("long syscall(long number, int command, void *pointer, unsigned int size)");

  return {
    // Written out because map operations go through it: collecting arguments into an array costs more than the call.
    syscall: (number, command, pointer, size) => {
      const result: number = syscall(number, command, pointer, size);
      return result === -1 ? -errno() : result;
    },
    open: answering("int open(const char *path, int flags, unsigned int mode)"),
    close: answering("int close(int fd)"),
    fcntl: answering("int fcntl(int fd, int command, long argument)"),
    socket: answering("int socket(int domain, int type, int protocol)"),
    bind: answering("int bind(int fd, void *address, unsigned int length)"),
    setsockopt: answering("int setsockopt(int fd, int level, int option, void *value, unsigned int length)"),
    sendto: answering(
      "long sendto(int fd, void *bytes, size_t size, int flags, void *address, unsigned int address_length)",
    ),
    recvmsg: answering("long recvmsg(int fd, void *header, int flags)"),
    epollCreate: answering("int epoll_create1(int flags)"),
    epollControl: answering("int epoll_ctl(int epoll, int operation, int fd, void *event)"),
    eventfd: answering("int eventfd(unsigned int initial, int flags)"),
    setns: answering("int setns(int fd, int type)"),
    unshare: answering("int unshare(int flags)"),
    mount: answering(
      "int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *options)",
    ),
    umount2: answering("int umount2(const char *target, int flags)"),
    prlimit: answering("int prlimit(int pid, int resource, void *wanted, void *previous)"),
    mmap: answering("long mmap(void *hint, size_t size, int protection, int flags, int fd, long offset)"),
    munmap: answering("int munmap(void *address, size_t size)"),
    ifIndexToName: answering("long if_indextoname(unsigned int ifindex, void *name)"),
    getpagesize: answering("int getpagesize()"),
  };
}
