/**
 * Programs and their type information: loading, test runs, old-style attaching.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { type Attributes, freshAttributes } from "./attributes.ts";
import { type AttachType, attachTypes, type ProgramType, programTypes } from "./kinds.ts";

export interface ProgramLoad {
  readonly type: ProgramType;
  /** Instructions of 8 bytes each. */
  readonly instructions: Uint8Array;
  /** "GPL" or "Dual MIT/GPL" opens the helpers that want it. */
  readonly license: string;
  /** Cut to 15 characters. */
  readonly name?: string;
  readonly expectedAttachType?: AttachType;
  /** BPF_F_* of `programFlags`, combined. */
  readonly flags?: number;
  readonly btf?: FileDescriptor;
  readonly funcInfo?: Records;
  readonly lineInfo?: Records;
  /** BTF type id in the kernel that this program attaches to. */
  readonly attachBtfId?: number;
  /** The program that this one extends or traces. */
  readonly attachProgram?: FileDescriptor;
  /** Descriptors that instructions name by their index. */
  readonly fdArray?: readonly FileDescriptor[];
  /** For offload to a device. */
  readonly ifindex?: number;
  readonly logLevel?: VerifierLogLevel;
}

/** Records of BTF's func_info or line_info, all of one size. */
export interface Records {
  readonly bytes: Uint8Array;
  readonly recordSize: number;
}

/**
 * What the verifier writes down: "on-failure" is nothing for a program that loads and branches for one that does not;
 * "stats" is the closing counts (instructions, states) alone.
 */
export type VerifierLogLevel = "on-failure" | "stats" | "branches" | "instructions";

export interface LoadedProgram {
  readonly fd: FileDescriptor;
  /** The verifier's log; empty at level "on-failure". */
  readonly log: string;
}

export const programFlags = {
  strictAlignment: 1 << 0,
  anyAlignment: 1 << 1,
  testRandomHighBits: 1 << 2,
  testStateFrequency: 1 << 3,
  sleepable: 1 << 4,
  xdpHasFrags: 1 << 5,
  xdpDeviceBoundOnly: 1 << 6,
} as const;

/**
 * Loads a program through the verifier.
 *
 * @throws SystemError whose `log` is the verifier's whole log when the program was refused (EACCES or EINVAL, mostly)
 */
export function programLoad(load: ProgramLoad): LoadedProgram {
  const fdArray = packDescriptors(load.fdArray ?? []);
  const fill = (): Attributes => {
    const attributes = freshAttributes()
      .u32(0, programTypes[load.type])
      .u32(4, load.instructions.length / 8)
      .pointer(8, load.instructions)
      .string(16, load.license)
      .u32(44, load.flags ?? 0)
      .name(48, load.name ?? "")
      .u32(64, load.ifindex ?? 0)
      .u32(68, load.expectedAttachType === undefined ? 0 : attachTypes[load.expectedAttachType])
      .u32(72, load.btf?.number ?? 0)
      .u32(108, load.attachBtfId ?? 0)
      .u32(112, load.attachProgram?.number ?? 0);
    if (load.funcInfo !== undefined) fillRecords(attributes, 76, 80, 88, load.funcInfo);
    if (load.lineInfo !== undefined) fillRecords(attributes, 92, 96, 104, load.lineInfo);
    if (fdArray.length > 0) attributes.pointer(120, fdArray);
    return attributes;
  };

  const { result, log } = callWithLog(load.logLevel ?? "on-failure", (logLevel, buffer) => {
    const attributes = fill().u32(24, logLevel);
    if (buffer !== undefined) attributes.u32(28, buffer.length).pointer(32, buffer);
    return attributes.call("BPF_PROG_LOAD");
  });
  const name = load.name ?? "without a name";
  unwrap(result, () => ({
    operation: "bpf(BPF_PROG_LOAD)",
    what: `Cannot load the ${load.type} program ${name} (${load.instructions.length / 8} instructions)`,
    ...(log !== "" && {
      why: `the verifier says: ${lastTellingLine(log)}`,
      fix: "Read the whole log (property log of this error) from its end upwards.",
      log,
    }),
  }));
  return { fd: new FileDescriptor(result, `program ${name}`), log };
}

/**
 * Loads type information.
 *
 * @throws SystemError whose `log` is the kernel's whole log when the BTF was refused
 */
export function btfLoad(btf: Uint8Array): FileDescriptor {
  const { result, log } = callWithLog("on-failure", (logLevel, buffer) => {
    const attributes = freshAttributes().pointer(0, btf).u32(16, btf.length).u32(24, logLevel);
    if (buffer !== undefined) attributes.pointer(8, buffer).u32(20, buffer.length);
    return attributes.call("BPF_BTF_LOAD");
  });
  unwrap(result, () => ({
    operation: "bpf(BPF_BTF_LOAD)",
    what: `Cannot load ${btf.length} bytes of BTF`,
    ...(log !== "" && { why: `the kernel says: ${lastTellingLine(log)}`, fix: "Correct the named type.", log }),
  }));
  return new FileDescriptor(result, "BTF");
}

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

const logLevels: Readonly<Record<VerifierLogLevel, number>> = {
  "on-failure": 0,
  branches: 1,
  instructions: 2,
  stats: 4,
};
const FIRST_LOG_SIZE = 64 * 1024;
/** Just under the limit of kernels before 5.18 in bytes (UINT_MAX >> 8); later ones allow more, which none has needed. */
const LARGEST_LOG_SIZE = 16 * 1024 * 1024 - 1;
const EAGAIN = 11;
const ENOSPC = 28;

/**
 * Makes a call that writes a log, again with a larger buffer for as long as the log does not fit.
 *
 * At level "on-failure" the first try goes without a log, which is faster, and a failed one is repeated to get it.
 */
function callWithLog(
  level: VerifierLogLevel,
  call: (logLevel: number, buffer: Uint8Array | undefined) => number,
): { result: number; log: string } {
  if (level === "on-failure") {
    const result = persistently(() => call(0, undefined));
    if (result >= 0) return { result, log: "" };
  }
  const logLevel = level === "on-failure" ? logLevels.branches : logLevels[level];
  for (let size = FIRST_LOG_SIZE; ; size = Math.min(size * 4, LARGEST_LOG_SIZE)) {
    const buffer = new Uint8Array(size);
    const result = persistently(() => call(logLevel, buffer));
    if (result === -ENOSPC && size < LARGEST_LOG_SIZE) continue;
    const end = buffer.indexOf(0);
    return { result, log: Buffer.from(buffer.subarray(0, end < 0 ? size : end)).toString("utf8") };
  }
}

/** The verifier gives up with EAGAIN when a signal arrives, which says nothing about the program. */
function persistently(call: () => number): number {
  let result = call();
  for (let tries = 1; result === -EAGAIN && tries < 5; tries++) result = call();
  return result;
}

/** The line before the closing counts, which names the reason; the log is not empty. */
function lastTellingLine(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.filter(
    (line) => !/^(processed \d+ insns|verification time|stack depth|max_states|peak_states)/.test(line),
  );
  return telling.at(-1) ?? lines.at(-1) ?? "";
}

function fillRecords(
  attributes: Attributes,
  size: number,
  pointer: number,
  count: number,
  { bytes, recordSize }: Records,
): void {
  attributes
    .u32(size, recordSize)
    .pointer(pointer, bytes)
    .u32(count, bytes.length / recordSize);
}

function packDescriptors(descriptors: readonly FileDescriptor[]): Uint8Array {
  const numbers = Int32Array.from(descriptors, (descriptor) => descriptor.number);
  return new Uint8Array(numbers.buffer);
}
