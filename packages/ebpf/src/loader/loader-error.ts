/**
 * What a person is told when loading, pinning, attaching or using a kernel object fails: what, why, how to fix.
 *
 * Failures the loader understands come as a LoaderError (or a VerifierError, for a refused program). What it has nothing
 * to add to stays the SystemError of the system call, which tells the same three things.
 */
export type LoaderErrorCode =
  /** The process lacks a capability. */
  | "capability-missing"
  /** The running kernel lacks a feature; the text names the release that brought it. */
  | "kernel-too-old"
  /** A pin was asked for outside of a bpf file system. */
  | "bpffs-not-mounted"
  /** A pin exists that was to be made anew. */
  | "pin-taken"
  /** A pin holds something that is no map, program or link as expected. */
  | "pin-of-another-kind"
  /** A pinned map has another layout, and no migration was given. */
  | "pin-of-another-layout"
  /** A map handed in, or a declaration, does not fit the map. */
  | "map-of-another-layout"
  /** Entries could not be carried over into the new map. The old one is untouched. */
  | "migration-failed"
  | "map-full"
  | "index-outside-map"
  | "value-out-of-range"
  /** Bytes in a ring buffer are not what the declaration says. */
  | "record-malformed"
  /** The interface does not exist (any more) in this network namespace. */
  | "interface-vanished"
  /** The driver has no native XDP. */
  | "native-xdp-unsupported"
  /** Another program holds the hook. */
  | "hook-taken"
  /** The spec contradicts itself: an error of whoever made it. */
  | "spec-invalid";

export interface LoaderProblem {
  readonly code: LoaderErrorCode;
  /** The action that failed, with its values. */
  readonly what: string;
  /** The fact that made it fail. */
  readonly why: string;
  /** What the reader can do next. */
  readonly fix: string;
  readonly cause?: unknown;
}

export class LoaderError extends Error {
  override readonly name = "LoaderError";
  /** Stable, for programs. */
  readonly code: LoaderErrorCode;
  readonly what: string;
  readonly why: string;
  readonly fix: string;

  constructor({ code, what, why, fix, cause }: LoaderProblem) {
    super(`${what}: ${why}. ${fix}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.what = what;
    this.why = why;
    this.fix = fix;
  }
}

/** True for a LoaderError with one of these codes, and for nothing else. */
export function isLoaderError(error: unknown, ...codes: readonly LoaderErrorCode[]): error is LoaderError {
  return error instanceof LoaderError && (codes.length === 0 || codes.includes(error.code));
}
