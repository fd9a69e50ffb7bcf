/**
 * Loading programs through the verifier.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { type Attributes, freshAttributes } from "./attributes.ts";
import { type AttachType, attachTypes, type ProgramType, programTypes } from "./kinds.ts";
import { callWithLog, lastTellingLine, type VerifierLogLevel } from "./verifier-log.ts";

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
