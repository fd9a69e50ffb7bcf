/**
 * Ids: every map, program, link and BTF in the kernel has one, and root can walk them all.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { SystemError, unwrap } from "../system-error.ts";
import { type BpfCommand, freshAttributes } from "./attributes.ts";

export type ObjectKind = "map" | "program" | "link" | "btf";

/** The ids in use, in rising order. What is made or removed during the walk may be missing or stale. */
export function* objectIds(kind: ObjectKind): Generator<number, void, undefined> {
  let last = 0;
  for (;;) {
    const attributes = freshAttributes().u32(0, last);
    const result = attributes.call(commands[kind].next);
    if (result === -ENOENT) return;
    unwrap(result, () => ({ operation: `bpf(${commands[kind].next})`, what: `Cannot list the ${kind} ids` }));
    last = attributes.readU32(4);
    yield last;
  }
}

/** Opens an object by its id; undefined when there is none, or no more. */
export function objectById(kind: ObjectKind, id: number): FileDescriptor | undefined {
  const result = freshAttributes().u32(0, id).call(commands[kind].open);
  if (result === -ENOENT) return undefined;
  if (result < 0) {
    throw new SystemError(-result, { operation: `bpf(${commands[kind].open})`, what: `Cannot open ${kind} ${id}` });
  }
  return new FileDescriptor(result, `${kind} ${id}`);
}

/** Makes the kernel count run time and runs of all programs, until the result is closed (Linux 5.8). */
export function enableRunStatistics(): FileDescriptor {
  const fd = unwrap(freshAttributes().u32(0, BPF_STATS_RUN_TIME).call("BPF_ENABLE_STATS"), () => ({
    operation: "bpf(BPF_ENABLE_STATS)",
    what: "Cannot enable run time statistics",
  }));
  return new FileDescriptor(fd, "run time statistics");
}

const BPF_STATS_RUN_TIME = 0;
const ENOENT = 2;

const commands: Readonly<Record<ObjectKind, { next: BpfCommand; open: BpfCommand }>> = {
  map: { next: "BPF_MAP_GET_NEXT_ID", open: "BPF_MAP_GET_FD_BY_ID" },
  program: { next: "BPF_PROG_GET_NEXT_ID", open: "BPF_PROG_GET_FD_BY_ID" },
  link: { next: "BPF_LINK_GET_NEXT_ID", open: "BPF_LINK_GET_FD_BY_ID" },
  btf: { next: "BPF_BTF_GET_NEXT_ID", open: "BPF_BTF_GET_FD_BY_ID" },
};
