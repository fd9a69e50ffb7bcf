/**
 * Attaching programs without a link, in the way of older kernels, and binding maps to programs.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { freshAttributes } from "./attributes.ts";
import { type AttachType, attachTypes } from "./kinds.ts";

/** Attaches to a socket map or cgroup without a link; it stays until detached. */
export function programAttach(program: FileDescriptor, target: FileDescriptor, type: AttachType, flags = 0): void {
  const attributes = freshAttributes()
    .u32(0, target.number)
    .u32(4, program.number)
    .u32(8, attachTypes[type])
    .u32(12, flags);
  unwrap(attributes.call("BPF_PROG_ATTACH"), () => ({
    operation: "bpf(BPF_PROG_ATTACH)",
    what: `Cannot attach the ${program.label} to the ${target.label} as ${type}`,
  }));
}

export function programDetach(program: FileDescriptor, target: FileDescriptor, type: AttachType): void {
  const attributes = freshAttributes().u32(0, target.number).u32(4, program.number).u32(8, attachTypes[type]);
  unwrap(attributes.call("BPF_PROG_DETACH"), () => ({
    operation: "bpf(BPF_PROG_DETACH)",
    what: `Cannot detach the ${program.label} from the ${target.label} as ${type}`,
  }));
}

/** Keeps a map alive for as long as a program, although no instruction names it (Linux 5.10). */
export function programBindMap(program: FileDescriptor, map: FileDescriptor): void {
  unwrap(freshAttributes().u32(0, program.number).u32(4, map.number).call("BPF_PROG_BIND_MAP"), () => ({
    operation: "bpf(BPF_PROG_BIND_MAP)",
    what: `Cannot bind the ${map.label} to the ${program.label}`,
  }));
}
