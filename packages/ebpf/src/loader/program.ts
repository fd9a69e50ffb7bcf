/**
 * A live program: loaded through the verifier, to be run, attached and pinned.
 */
import {
  type AttachType,
  attachTypes,
  type FileDescriptor,
  type NetworkNamespace,
  type ProgramInfo,
  type ProgramLoad,
  type ProgramType,
  programInfo,
  programLoad,
  programTestRun,
  programTypes,
  type TestRun,
  type TestRunResult,
  type VerifierLogLevel,
  wordOf,
} from "@weir/linux";
import type { AnyLayout } from "../language/layout.ts";
import {
  encodeFunctionInfo,
  encodeInstructions,
  encodeLineInfo,
  FUNCTION_INFO_BYTES,
  LINE_INFO_BYTES,
  type ProgramSpec,
  slotPositions,
} from "../object/index.ts";
import { attachSkLookup } from "./attach-sk-lookup.ts";
import { attachToSocketMap, type SocketMapAttachment } from "./attach-socket-map.ts";
import { attachTcx, type TcxOptions } from "./attach-tcx.ts";
import { attachXdp, type XdpOptions } from "./attach-xdp.ts";
import { codecOf } from "./codec.ts";
import { explainProgramFailure } from "./explain-failure.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { Link } from "./link.ts";
import { LoaderError } from "./loader-error.ts";
import { openExistingPin, pin } from "./pin.ts";
import type { Plain, PlainInit } from "./plain.ts";
import { relocate } from "./relocate.ts";

/** What only the loading of a program knows. */
export interface ProgramOrigin {
  /** What the program was loaded to be attached as; undefined where loading does not tell. */
  readonly attachType?: AttachType;
  /** The verifier's log; empty unless a log level was asked for. */
  readonly log?: string;
}

export class KernelProgram {
  readonly fd: FileDescriptor;
  readonly name: string;
  /** The verifier's log; empty unless a log level was asked for. */
  readonly log: string;
  readonly #attachType: AttachType | undefined;

  /** Takes ownership of the descriptor. */
  constructor(fd: FileDescriptor, name: string, { attachType, log = "" }: ProgramOrigin = {}) {
    this.fd = fd;
    this.name = name;
    this.log = log;
    this.#attachType = attachType;
  }

  /** Sizes, the instructions verified, tag, time of loading, run counts, as the kernel has them now. */
  get info(): ProgramInfo {
    return programInfo(this.fd);
  }

  /** Runs the program on a packet, without a network. The packet is not restored between repeats. */
  testRun(data: Uint8Array, options: Omit<TestRun, "data"> = {}): TestRunResult {
    return programTestRun(this.fd, { ...options, data });
  }

  /** Runs a syscall program on bytes that it reads and writes. */
  run(args: Uint8Array): { readonly returnValue: number; readonly args: Uint8Array } {
    const { returnValue, context } = programTestRun(this.fd, { context: args });
    // Programs return an int; the kernel hands its bits over.
    return { returnValue: returnValue | 0, args: context };
  }

  /** As run, with arguments as plain values of the layout that the program declares. */
  runWith<L extends AnyLayout>(
    layout: L,
    args: PlainInit<L>,
  ): { readonly returnValue: number; readonly args: Plain<L> } {
    const codec = codecOf(layout);
    const result = this.run(codec.encode(args));
    return { returnValue: result.returnValue, args: codec.decode(result.args) };
  }

  attachXdp(ifindex: number, options: XdpOptions = {}): Link {
    return attachXdp(this, ifindex, options);
  }

  attachTcx(ifindex: number, direction: "ingress" | "egress", options: TcxOptions = {}): Link {
    return attachTcx(this, ifindex, direction, options);
  }

  attachSkLookup(namespace: NetworkNamespace): Link {
    return attachSkLookup(this, namespace);
  }

  /** For sk_msg and sk_skb programs: runs on the data of all sockets in the map, now and later. */
  attachToSocketMap(map: KernelMap): SocketMapAttachment {
    return attachToSocketMap(this, this.#attachType, map);
  }

  /** Keeps the program alive under a name. See pin.ts for errors. */
  pin(path: string): void {
    pin(this.fd, path);
  }

  /** Links go on running it. */
  close(): void {
    this.fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Loads a program of a collection.
 *
 * @param maps descriptor numbers of the collection's maps, by name
 * @param strings offset of every file name and line text in the collection's BTF
 * @throws VerifierError when the verifier refuses it; LoaderError "capability-missing", "kernel-too-old", "spec-invalid"
 */
export function loadProgram(
  spec: ProgramSpec,
  context: {
    readonly maps: ReadonlyMap<string, number>;
    readonly btf: FileDescriptor | null;
    readonly strings: ReadonlyMap<string, number>;
    readonly logLevel?: VerifierLogLevel;
  },
): KernelProgram {
  const instructions = encodeInstructions(relocate(spec, context.maps));
  const attachType = attachTypeOf(spec);
  try {
    const { fd, log } = programLoad({
      ...{ type: typeOf(spec), name: spec.name, license: spec.license, flags: spec.flags, instructions },
      ...(attachType !== undefined && { expectedAttachType: attachType }),
      ...(context.btf !== null && { btf: context.btf, ...sourceInformation(spec, context.strings) }),
      ...(context.logLevel !== undefined && { logLevel: context.logLevel }),
    });
    return new KernelProgram(fd, spec.name, { log, ...(attachType !== undefined && { attachType }) });
  } catch (error) {
    throw explainProgramFailure(error, spec);
  }
}

/** Opens a pinned program. Throws a SystemError ENOENT when nothing is pinned there; see openPin for the rest. */
export function openProgram(path: string): KernelProgram {
  const fd = openExistingPin(path, "program");
  return new KernelProgram(fd, programInfo(fd).name);
}

/** Functions and lines for the verifier's log and for tools; the kernel wants functions whenever there are lines. */
function sourceInformation(
  spec: ProgramSpec,
  strings: ReadonlyMap<string, number>,
): Pick<ProgramLoad, "funcInfo" | "lineInfo"> {
  if (spec.functions.length === 0) return {};
  const slots = slotPositions(spec.instructions);
  const slot = (instruction: number) => slots[instruction] ?? 0;
  const offset = (text: string) =>
    strings.get(text) ?? invalid(spec, `its type information lacks the text ${JSON.stringify(text)}`);
  const functions = spec.functions.map(({ instruction, type }) => ({ slot: slot(instruction), type }));
  const lines = spec.lines.map(({ instruction, file, text, line, column }) => ({
    ...{ slot: slot(instruction), file: offset(file), text: offset(text), line, column },
  }));
  return {
    funcInfo: { bytes: encodeFunctionInfo(functions), recordSize: FUNCTION_INFO_BYTES },
    ...(lines.length > 0 && { lineInfo: { bytes: encodeLineInfo(lines), recordSize: LINE_INFO_BYTES } }),
  };
}

function typeOf(spec: ProgramSpec): ProgramType {
  const word = wordOf(programTypes, spec.type);
  if (word.startsWith("type ")) return invalid(spec, `its type ${spec.type} is not known`);
  // What does not begin with "type " is a word of the table.
  return word as ProgramType;
}

function attachTypeOf(spec: ProgramSpec): AttachType | undefined {
  if (spec.expectedAttachType === 0) return undefined;
  const word = wordOf(attachTypes, spec.expectedAttachType);
  if (word.startsWith("type ")) return invalid(spec, `its attach type ${spec.expectedAttachType} is not known`);
  return word as AttachType;
}

function invalid(spec: ProgramSpec, why: string): never {
  throw new LoaderError({
    code: "spec-invalid",
    what: `Cannot load the program ${spec.name}`,
    why,
    fix: "Compile the module again; if it persists, the compiler is at fault.",
  });
}
