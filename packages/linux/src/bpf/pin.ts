/**
 * Pins: names in a bpf file system that keep maps, programs and links alive without a process.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { freshAttributes } from "./attributes.ts";

/** Gives an object a name. Throws a SystemError: EEXIST when the path is taken, EPERM when it is not on a bpf file system. */
export function objectPin(object: FileDescriptor, path: string): void {
  unwrap(freshAttributes().string(0, path).u32(8, object.number).call("BPF_OBJ_PIN"), () => ({
    operation: "bpf(BPF_OBJ_PIN)",
    what: `Cannot pin the ${object.label} at ${path}`,
    fix: "Pin at a free path on a mounted bpf file system (mount -t bpf bpf /sys/fs/bpf), as root.",
  }));
}

export interface PinnedObjectAccess {
  /** BPF_F_RDONLY or BPF_F_WRONLY: what system calls on this descriptor may do. */
  readonly access?: "read-write" | "read-only" | "write-only";
}

/** Opens a pinned object. Throws a SystemError with code ENOENT when nothing has that name. Unpin with fs.unlink. */
export function objectGet(path: string, { access = "read-write" }: PinnedObjectAccess = {}): FileDescriptor {
  const flags = { "read-write": 0, "read-only": 1 << 3, "write-only": 1 << 4 }[access];
  const fd = unwrap(freshAttributes().string(0, path).u32(12, flags).call("BPF_OBJ_GET"), () => ({
    operation: "bpf(BPF_OBJ_GET)",
    what: `Cannot open the pinned object ${path}`,
  }));
  return new FileDescriptor(fd, `pinned object ${path}`);
}
