/**
 * Running a program without a network (BPF_PROG_TEST_RUN), and syscall programs at all.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { freshAttributes } from "./attributes.ts";

export interface TestRun {
  /** The packet; without it the program gets none (syscall programs, contexts only). */
  readonly data?: Uint8Array;
  /** Room for the packet as it was left, in bytes; by default that of `data` plus 256. */
  readonly dataOutSize?: number;
  /** The program's context, in its user space layout: struct xdp_md, struct __sk_buff, or a syscall program's argument. */
  readonly context?: Uint8Array;
  /** Runs; the packet is not restored between them. */
  readonly repeat?: number;
  /** BPF_F_TEST_RUN_ON_CPU 1, BPF_F_TEST_XDP_LIVE_FRAMES 2. */
  readonly flags?: number;
  readonly cpu?: number;
  readonly batchSize?: number;
}

export interface TestRunResult {
  /** What the program returned, unsigned. */
  readonly returnValue: number;
  /** Nanoseconds a run, the mean. */
  readonly duration: number;
  readonly data: Uint8Array;
  readonly context: Uint8Array;
}

/** Runs a program on a packet or context without a network. Throws a SystemError; ENOSPC when the packet outgrew its room. */
export function programTestRun(program: FileDescriptor, run: TestRun): TestRunResult {
  const data = run.data ?? new Uint8Array(0);
  const dataOut = new Uint8Array(run.dataOutSize ?? (data.length > 0 ? data.length + 256 : 0));
  // Syscall programs write into their context in place and refuse a separate one to write to.
  const contextIn = run.context === undefined ? new Uint8Array(0) : Uint8Array.from(run.context);
  const contextOut = data.length > 0 ? new Uint8Array(contextIn.length) : contextIn;
  const attributes = freshAttributes()
    .u32(0, program.number)
    .u32(8, data.length)
    .u32(12, dataOut.length)
    .u32(32, run.repeat ?? (data.length > 0 ? 1 : 0))
    .u32(40, contextIn.length)
    .u32(64, run.flags ?? 0)
    .u32(68, run.cpu ?? 0)
    .u32(72, run.batchSize ?? 0);
  if (data.length > 0) attributes.pointer(16, data);
  if (dataOut.length > 0) attributes.pointer(24, dataOut);
  if (contextIn.length > 0) attributes.pointer(48, contextIn);
  if (data.length > 0 && contextOut.length > 0) attributes.pointer(56, contextOut).u32(44, contextOut.length);
  unwrap(attributes.call("BPF_PROG_TEST_RUN"), () => ({
    operation: "bpf(BPF_PROG_TEST_RUN)",
    what: `Cannot run the ${program.label} on ${data.length} bytes of packet and ${contextIn.length} bytes of context`,
  }));
  return {
    returnValue: attributes.readU32(4),
    duration: attributes.readU32(36),
    data: dataOut.subarray(0, attributes.readU32(12)),
    context: contextOut,
  };
}
