/**
 * The bpf file system, where maps, programs and links have names.
 */
import { existsSync, mkdirSync, rmdirSync, statfsSync } from "node:fs";
import { libc } from "./syscall/libc.ts";
import { fromNodeError, SystemError, unwrap } from "./system-error.ts";

/** Where distributions mount it. */
export const BPF_DIRECTORY = "/sys/fs/bpf";

/** Whether a path lies on a bpf file system. False for a path that is not there. */
export function isOnBpfFileSystem(path: string): boolean {
  try {
    return statfsSync(path).type === BPF_FS_MAGIC;
  } catch {
    return false;
  }
}

/**
 * Makes sure that a directory is a bpf file system: mounts one there unless there is one, and makes the directory when it
 * is missing (but not those above it).
 *
 * @returns false when it was one already
 * @throws SystemError EPERM without CAP_SYS_ADMIN, ENODEV on a kernel without the file system; no directory is left then
 */
export function mountBpf(directory: string = BPF_DIRECTORY): boolean {
  if (isOnBpfFileSystem(directory)) return false;
  const isNew = makeDirectory(directory);
  const result = libc().mount("bpf", directory, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700");
  if (result < 0 && isNew) rmdirSync(directory);
  unwrap(result, () => ({
    operation: "mount(bpf)",
    what: `Cannot mount a bpf file system at ${directory}`,
    fix: "Run as root with CAP_SYS_ADMIN, outside of containers that forbid mounting, or have it mounted beforehand.",
  }));
  return true;
}

/** Takes a file system off its directory, even when something in it is still in use. */
export function unmount(directory: string): void {
  const result = libc().umount2(directory, MNT_DETACH);
  if (result < 0) throw new SystemError(-result, { operation: "umount2", what: `Cannot unmount ${directory}` });
}

const BPF_FS_MAGIC = 0xcafe4a11;
const MS_NOSUID = 2;
const MS_NODEV = 4;
const MS_NOEXEC = 8;
const MNT_DETACH = 2;

/** False when it was there already. Not `recursive`, with which Node never comes back from a place like /proc. */
function makeDirectory(directory: string): boolean {
  if (existsSync(directory)) return false;
  try {
    mkdirSync(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    throw fromNodeError(error, {
      operation: "mkdir",
      what: `Cannot make the directory ${directory} for a bpf file system`,
    });
  }
}
