/**
 * Network namespaces with names, in the way of `ip netns`: a file in /run/netns that the namespace is bind-mounted on.
 * Either side sees what the other made.
 *
 * A namespace belongs to a thread. Entering one is therefore for a single synchronous action: sockets opened meanwhile
 * belong to the namespace for good, child processes started meanwhile live in it, and afterwards the thread is back,
 * whatever happened. Nothing asynchronous can stay inside, since other work runs on this thread in between. (Node's pool
 * threads, which do asynchronous file work and name lookups, started outside: loading the first module starts them.)
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, unlinkSync } from "node:fs";
import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./syscall/libc.ts";
import { fromNodeError, SystemError, unwrap } from "./system-error.ts";

/** An open namespace. Closing it leaves the namespace itself alone; `namespaceRemove` removes that. */
export class NetworkNamespace {
  /** Undefined for the namespace this process started in. */
  readonly name: string | undefined;
  readonly fd: FileDescriptor;

  constructor(fd: FileDescriptor, name?: string) {
    this.fd = fd;
    this.name = name;
  }

  /** Identifies the namespace on this machine; what bpf(2) calls netns_ino. */
  get inode(): number {
    return fstatSync(this.fd.number).ino;
  }

  /**
   * Does something inside the namespace and comes back, also when it throws.
   *
   * @throws TypeError when the action turns out to be asynchronous: what it did after its first wait was done outside
   * @throws SystemError EPERM without CAP_SYS_ADMIN
   */
  enter<Result>(action: () => Result): Result {
    using home = openHome();
    switchTo(this.fd, this.#label);
    let result: Result;
    try {
      result = action();
    } finally {
      switchTo(home, "namespace this thread came from");
    }
    if (isPromise(result)) {
      throw new TypeError(
        `Cannot do asynchronous work in the ${this.#label}: the thread leaves it at the first wait. ` +
          "Open the sockets inside, and use them outside.",
      );
    }
    return result;
  }

  /** Starts a program that lives in the namespace. Its /sys is still the outer one; see `ip netns exec` for more. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.enter(() => spawn(command, args, options));
  }

  close(): void {
    this.fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #label(): string {
    return this.name === undefined ? "current network namespace" : `network namespace ${this.name}`;
  }
}

/** Makes a namespace, with nothing in it but a loopback interface that is down. */
export function namespaceCreate(name: string): NetworkNamespace {
  const path = pathOf(name);
  prepareDirectory();
  createMountPoint(name, path);
  try {
    using home = openHome();
    unwrap(libc().unshare(CLONE_NEWNET), () => ({
      operation: "unshare(CLONE_NEWNET)",
      what: `Cannot create the network namespace ${name}`,
    }));
    try {
      unwrap(libc().mount("/proc/thread-self/ns/net", path, "none", MS_BIND, null), () => ({
        operation: "mount(MS_BIND)",
        what: `Cannot give the new network namespace the name ${name}`,
      }));
    } finally {
      switchTo(home, "namespace this thread came from");
    }
    return namespaceOpen(name);
  } catch (error) {
    discard(path);
    throw error;
  }
}

/** Opens a namespace by its name. Throws a SystemError with code ENOENT when there is none. */
export function namespaceOpen(name: string): NetworkNamespace {
  const fd = unwrap(libc().open(pathOf(name), O_RDONLY | O_CLOEXEC, 0), () => ({
    operation: "open",
    what: `Cannot open the network namespace ${name}`,
    fix: `List the namespaces with "ip netns", or create it with "ip netns add ${name}".`,
  }));
  return new NetworkNamespace(new FileDescriptor(fd, `network namespace ${name}`), name);
}

/** The namespace this thread is in. */
export function namespaceCurrent(): NetworkNamespace {
  return new NetworkNamespace(openHome());
}

/**
 * Removes the name; the namespace itself goes when the last process, socket and descriptor in it are gone.
 *
 * @returns false when there is no namespace of that name
 */
export function namespaceRemove(name: string): boolean {
  const path = pathOf(name);
  const result = libc().umount2(path, MNT_DETACH);
  if (result === -ENOENT) return false;
  // EINVAL: the file is there but nothing is mounted on it, a leftover of a failed creation.
  if (result < 0 && result !== -EINVAL) {
    throw new SystemError(-result, { operation: "umount2", what: `Cannot remove the network namespace ${name}` });
  }
  unlinkSync(path);
  return true;
}

/** The names there are, sorted. */
export function namespaceList(): string[] {
  try {
    return readdirSync(DIRECTORY).sort();
  } catch {
    return []; // nobody has made one yet
  }
}

const DIRECTORY = "/run/netns";
const ENOENT = 2;
const EINVAL = 22;
const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x40000000;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_SHARED = 1 << 20;
const MNT_DETACH = 2;

function pathOf(name: string): string {
  if (!/^[A-Za-z0-9_.:@+-]{1,200}$/.test(name) || name === "." || name === "..") {
    throw new SystemError(EINVAL, {
      operation: "network namespace name",
      what: `Cannot use ${JSON.stringify(name)} as the name of a network namespace`,
      why: "the name becomes a file name in /run/netns",
      fix: "Use letters, digits and . _ - : @ + only.",
    });
  }
  return `${DIRECTORY}/${name}`;
}

/** thread-self, not self: in a worker thread, self is the main thread's namespace. */
function openHome(): FileDescriptor {
  const fd = unwrap(libc().open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC, 0), () => ({
    operation: "open",
    what: "Cannot open the network namespace of this thread",
    fix: "Mount /proc.",
  }));
  return new FileDescriptor(fd, "network namespace of this thread");
}

function switchTo(fd: FileDescriptor, label: string): void {
  unwrap(libc().setns(fd.number, CLONE_NEWNET), () => ({ operation: "setns", what: `Cannot enter the ${label}` }));
}

/** Shared propagation, as `ip netns` does, so that removing a namespace here removes it in other mount namespaces too. */
function prepareDirectory(): void {
  if (!existsSync(DIRECTORY)) mkdirSync(DIRECTORY, { mode: 0o755 });
  const { mount } = libc();
  let result = mount("", DIRECTORY, "none", MS_SHARED | MS_REC, null);
  if (result === -EINVAL) {
    // Not a mount point yet: make it one first.
    unwrap(mount(DIRECTORY, DIRECTORY, "none", MS_BIND | MS_REC, null), () => ({
      operation: "mount(MS_BIND)",
      what: `Cannot prepare ${DIRECTORY} for network namespaces`,
    }));
    result = mount("", DIRECTORY, "none", MS_SHARED | MS_REC, null);
  }
  unwrap(result, () => ({ operation: "mount(MS_SHARED)", what: `Cannot prepare ${DIRECTORY} for network namespaces` }));
}

function createMountPoint(name: string, path: string): void {
  try {
    closeSync(openSync(path, "wx", 0));
  } catch (cause) {
    const isTaken = existsSync(path);
    throw fromNodeError(cause, {
      operation: "open(O_EXCL)",
      what: `Cannot create the network namespace ${name}`,
      ...(isTaken && {
        why: "there is one of that name",
        fix: `Choose another name, or remove it with "ip netns del ${name}".`,
      }),
    });
  }
}

/** Takes back a half-made namespace. */
function discard(path: string): void {
  libc().umount2(path, MNT_DETACH);
  unlinkSync(path);
}

function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
