/**
 * An owned file descriptor: closed exactly once, and never used after that.
 *
 * The kernel reuses numbers at once, so a number that is closed twice, or used after it was closed, hits somebody
 * else's file. Owning objects pass a FileDescriptor around; the bare number only goes into a system call.
 */
import { libc } from "./syscall/libc.ts";
import { SystemError, unwrap } from "./system-error.ts";

export class FileDescriptor {
  /** What it refers to, for error messages: "map conns", "packet socket on eth0". */
  readonly label: string;
  #number: number;
  readonly #beforeClose = new Set<() => void>();

  /** Takes ownership of a descriptor that this process has open. */
  constructor(number: number, label: string) {
    if (!Number.isInteger(number) || number < 0) {
      throw new RangeError(`${number} is not a file descriptor (${label}).`);
    }
    this.#number = number;
    this.label = label;
  }

  get isOpen(): boolean {
    return this.#number >= 0;
  }

  /** The number, for a system call. Throws a SystemError with code EBADF once closed. */
  get number(): number {
    if (this.#number < 0) {
      throw new SystemError(EBADF, {
        operation: "FileDescriptor.number",
        what: `Cannot use the ${this.label}`,
        why: "it was closed by this process",
        fix: "Close it only after its last use, or open it again.",
      });
    }
    return this.#number;
  }

  /** Closes; a second call does nothing. */
  close(): void {
    if (this.#number < 0) return;
    for (const callback of this.#beforeClose) callback();
    this.#beforeClose.clear();
    const number = this.#number;
    this.#number = -1;
    // Linux releases the number even when close(2) reports an error, so there is nothing to retry or to report.
    libc().close(number);
  }

  /** Calls back right before closing, while the number is still valid. The result withdraws the callback. */
  beforeClose(callback: () => void): () => void {
    this.#beforeClose.add(callback);
    return () => this.#beforeClose.delete(callback);
  }

  /** A second descriptor of the same open file, closed on its own. */
  duplicate(): FileDescriptor {
    const copy = unwrap(libc().fcntl(this.number, F_DUPFD_CLOEXEC, 0), () => ({
      operation: "fcntl(F_DUPFD_CLOEXEC)",
      what: `Cannot duplicate the ${this.label}`,
    }));
    return new FileDescriptor(copy, this.label);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const EBADF = 9;
const F_DUPFD_CLOEXEC = 1030;
