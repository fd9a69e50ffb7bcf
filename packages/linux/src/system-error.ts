/**
 * A system call that failed, told so that a person can act on it: what was tried, why it failed, how to fix it.
 */
import { errnoNumber, errnoOf } from "./errno.ts";

/** What a caller knows about a failure; whatever it leaves out comes from the error number. */
export interface FailureContext {
  /** The system call or request: "bpf(BPF_MAP_CREATE)", "RTM_NEWLINK". */
  readonly operation: string;
  /** The action that failed, with its values: "Cannot create the hash map conns (key 16 bytes)". */
  readonly what: string;
  /** The fact that made it fail; by default the general meaning of the error number. */
  readonly why?: string;
  /** What the reader can do next; by default general advice for the error number. */
  readonly fix?: string;
  /** Long evidence that belongs to the failure, such as the verifier's whole log. Not part of the message. */
  readonly log?: string;
}

export class SystemError extends Error {
  override readonly name = "SystemError";
  /** The kernel's name of the error: "EPERM". Stable, for programs. */
  readonly code: string;
  /** The positive error number. */
  readonly errno: number;
  readonly operation: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  declare readonly log: string;

  /** @param errno positive error number, as in errno(3) */
  constructor(errno: number, context: FailureContext) {
    const { name, text } = errnoOf(errno);
    const why = context.why ?? text;
    const fix = context.fix ?? generalAdvice(name, context.operation);
    super(`${context.what}: ${why} (${name} from ${context.operation}). ${fix}`);
    this.code = name;
    this.errno = errno;
    this.operation = context.operation;
    this.what = context.what;
    this.why = why;
    this.fix = fix;
    // Not enumerable: Node prints the properties of an uncaught error, and long evidence would bury the message.
    Object.defineProperty(this, "log", { value: context.log ?? "" });
  }
}

/** True for a SystemError with one of these codes, and for nothing else. */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is SystemError {
  return error instanceof SystemError && (codes.length === 0 || codes.includes(error.code));
}

/** Passes a result that is not negative on; a negative one is an errno and becomes a SystemError. */
export function unwrap(result: number, context: () => FailureContext): number {
  if (result < 0) throw new SystemError(-result, context());
  return result;
}

/** The error of one of Node's own calls ("fs", "child_process") as a SystemError; anything else is thrown on. */
export function fromNodeError(error: unknown, context: FailureContext): SystemError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return new SystemError(errnoNumber(code), context);
}

function generalAdvice(code: string, operation: string): string {
  switch (code) {
    case "EPERM":
    case "EACCES":
      return operation.startsWith("bpf(")
        ? "Run as root, or grant CAP_BPF together with CAP_NET_ADMIN (CAP_SYS_ADMIN before Linux 5.8)."
        : "Run as root, or grant the capability this needs (CAP_NET_ADMIN, CAP_NET_RAW or CAP_SYS_ADMIN).";
    case "ENOSYS":
      return "Use a kernel that has this system call.";
    case "EOPNOTSUPP":
    case "ENOTSUPP":
      return "Use a newer kernel, or another kind of object that supports this.";
    case "EMFILE":
      return "Raise the limit of open files (ulimit -n), and look for descriptors that are never closed.";
    case "ENFILE":
      return "Raise the sysctl fs.file-max, and look for the process that holds the descriptors.";
    case "ENOMEM":
    case "ENOBUFS":
      return "Free memory, or ask for less at a time.";
    case "EBADF":
      return "Use a descriptor that is still open and of the right kind.";
    case "EEXIST":
      return "Remove what is there already, or use it instead of making it anew.";
    case "ENOENT":
    case "ESRCH":
      return "Check that it exists, and look in the network namespace that has it.";
    case "ENODEV":
    case "ENXIO":
      return "Check the interface: it may have vanished, or live in another network namespace.";
    case "EBUSY":
      return "Find who uses it now and have that stop first.";
    case "E2BIG":
    case "ENOSPC":
      return "Make room, or create it larger.";
    case "EAGAIN":
    case "EINTR":
      return "Try again.";
    case "EINVAL":
      return "Check the values above; a kernel that is too old for one of them also answers so.";
    default:
      return `See the manual page or kernel documentation of ${operation} for ${code}.`;
  }
}
