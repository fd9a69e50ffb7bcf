/**
 * Pins: names in a bpf file system that keep kernel objects alive without a process.
 */
import { existsSync, mkdirSync, readlinkSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type FileDescriptor, isOnBpfFileSystem, isSystemError, objectGet, objectPin } from "@weir/linux";
import { explainPermission } from "./explain-failure.ts";
import { LoaderError } from "./loader-error.ts";
import type { Undo } from "./undo.ts";

export type PinnedKind = "map" | "program" | "link";

/**
 * Opens a pin of a certain kind.
 *
 * @returns undefined when nothing has that name
 * @throws LoaderError "pin-of-another-kind", "capability-missing"
 */
export function openPin(path: string, kind: PinnedKind): FileDescriptor | undefined {
  let fd: FileDescriptor;
  try {
    fd = objectGet(path);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw explainPinFailure(error, `Cannot open the pinned ${kind} ${path}`);
  }
  const found = kindOf(fd);
  if (found === kind) return fd;
  fd.close();
  throw new LoaderError({
    code: "pin-of-another-kind",
    what: `Cannot open ${path} as a ${kind}`,
    why: `it is the pin of a ${found}`,
    fix: "Check the path; remove the pin if it is a leftover.",
  });
}

/** As openPin, for a pin that must be there. Throws a SystemError ENOENT when it is not. */
export function openExistingPin(path: string, kind: PinnedKind): FileDescriptor {
  return openPin(path, kind) ?? objectGet(path);
}

/**
 * Gives an object a name.
 *
 * @throws LoaderError "pin-taken", "bpffs-not-mounted", "capability-missing"
 */
export function pin(fd: FileDescriptor, path: string): void {
  assertOnBpffs(dirname(path));
  try {
    objectPin(fd, path);
  } catch (error) {
    throw explainPinFailure(error, `Cannot pin the ${fd.label} at ${path}`);
  }
}

/** Takes a name away; the object lives on while something else refers to it. False when there was none. */
export function unpin(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

/**
 * Puts an object in the place of a pinned one, without a moment in which the name is missing or means something else.
 *
 * The kernel has no command to pin over a name, but a bpf file system renames atomically: the object is pinned beside and
 * moved over the old name.
 */
export function replacePin(fd: FileDescriptor, path: string): void {
  // Map names have no "-", so this name is free but for the leftover of a process that was killed right here.
  const beside = `${path}-next`;
  unpin(beside);
  pin(fd, beside);
  try {
    renameSync(beside, path);
  } catch (error) {
    unpin(beside);
    throw error;
  }
}

/** Makes the directory for pins, with those above it; `undo` removes what was made. */
export function makePinDirectory(directory: string, undo: Undo): void {
  const missing: string[] = [];
  let above = resolve(directory);
  for (; !existsSync(above); above = dirname(above)) missing.unshift(above);
  assertOnBpffs(above);
  for (const path of missing) {
    mkdirSync(path, { mode: 0o700 });
    undo.push(() => rmdirSync(path));
  }
}

export function pinPath(directory: string, name: string): string {
  return join(directory, name);
}

function assertOnBpffs(directory: string): void {
  if (isOnBpfFileSystem(directory)) return;
  throw new LoaderError({
    code: "bpffs-not-mounted",
    what: `Cannot pin in ${directory}`,
    why: existsSync(directory) ? "it is not on a bpf file system" : "the directory does not exist",
    fix: "Mount one (mount -t bpf bpf /sys/fs/bpf) and name a directory on it.",
  });
}

/** What a descriptor is, by the name the kernel gives its file: "anon_inode:bpf-map". */
function kindOf(fd: FileDescriptor): PinnedKind | "BPF object of another kind" {
  const name = readlinkSync(`/proc/self/fd/${fd.number}`);
  if (name.includes("bpf-map")) return "map";
  if (name.includes("bpf-prog")) return "program";
  if (name.includes("bpf_link") || name.includes("bpf-link")) return "link";
  return "BPF object of another kind";
}

function explainPinFailure(error: unknown, what: string): unknown {
  if (isSystemError(error, "EEXIST")) {
    return new LoaderError({
      ...{ code: "pin-taken", what, cause: error },
      why: "that name is taken (EEXIST)",
      fix: "Reuse what is pinned there, or remove it (rm) when nobody needs it.",
    });
  }
  return isSystemError(error, "EPERM") ? explainPermission(error, ["CAP_BPF"]) : error;
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
