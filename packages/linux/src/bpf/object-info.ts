/**
 * What the kernel tells about a map, program, link or BTF that we hold a descriptor of.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { addressOf } from "../syscall/memory.ts";
import { unwrap } from "../system-error.ts";
import { freshAttributes } from "./attributes.ts";
import {
  type AttachType,
  attachTypes,
  type LinkType,
  linkTypes,
  type MapType,
  mapTypes,
  type ProgramType,
  programTypes,
  wordOf,
} from "./kinds.ts";

/** A kind this package has a word for, or "type 99" for one that it has none for. */
export type KindOr<Word extends string> = Word | `type ${number}`;

export interface MapInfo {
  readonly type: KindOr<MapType>;
  readonly id: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly name: string;
  readonly ifindex: number;
  /** 0 for a map without BTF. */
  readonly btfId: number;
  readonly btfKeyTypeId: number;
  readonly btfValueTypeId: number;
  readonly mapExtra: bigint;
}

export interface ProgramInfo {
  readonly type: KindOr<ProgramType>;
  readonly id: number;
  /** SHA of the instructions, 16 hexadecimal digits. */
  readonly tag: string;
  readonly name: string;
  /** Bytes of machine code; 0 when it is interpreted. */
  readonly jitedSize: number;
  /** Bytes of instructions as the verifier rewrote them. */
  readonly translatedSize: number;
  /** Nanoseconds since boot. */
  readonly loadTime: bigint;
  readonly createdByUid: number;
  readonly mapIds: readonly number[];
  readonly btfId: number;
  /** Nanoseconds; counted only while statistics are enabled. */
  readonly runTime: bigint;
  readonly runCount: bigint;
  /** Instructions the verifier walked through (Linux 5.16). */
  readonly verifiedInstructions: number;
}

export interface BtfInfo {
  readonly id: number;
  readonly size: number;
  /** "vmlinux" or a module's; empty for a program's. */
  readonly name: string;
  readonly isKernel: boolean;
}

export interface LinkInfo {
  readonly type: KindOr<LinkType>;
  readonly id: number;
  readonly programId: number;
  /** For xdp and tcx; 0 once the interface is gone. */
  readonly ifindex?: number;
  readonly attachType?: KindOr<AttachType>;
  readonly namespaceInode?: number;
  readonly cgroupId?: bigint;
  readonly mapId?: number;
}

export function mapInfo(map: FileDescriptor): MapInfo {
  const info = read(map, MAP_INFO_SIZE);
  return {
    type: wordOf(mapTypes, info.getUint32(0, true)),
    id: info.getUint32(4, true),
    keySize: info.getUint32(8, true),
    valueSize: info.getUint32(12, true),
    maxEntries: info.getUint32(16, true),
    flags: info.getUint32(20, true),
    name: text(info, 24),
    ifindex: info.getUint32(40, true),
    btfId: info.getUint32(64, true),
    btfKeyTypeId: info.getUint32(68, true),
    btfValueTypeId: info.getUint32(72, true),
    mapExtra: info.getBigUint64(80, true),
  };
}

export function programInfo(program: FileDescriptor): ProgramInfo {
  const info = read(program, PROGRAM_INFO_SIZE);
  return {
    type: wordOf(programTypes, info.getUint32(0, true)),
    id: info.getUint32(4, true),
    tag: Buffer.from(info.buffer, 8, 8).toString("hex"),
    jitedSize: info.getUint32(16, true),
    translatedSize: info.getUint32(20, true),
    loadTime: info.getBigUint64(40, true),
    createdByUid: info.getUint32(48, true),
    mapIds: programMapIds(program, info.getUint32(52, true)),
    name: text(info, 64),
    btfId: info.getUint32(128, true),
    runTime: info.getBigUint64(192, true),
    runCount: info.getBigUint64(200, true),
    verifiedInstructions: info.getUint32(216, true),
  };
}

/** The instructions as the verifier rewrote them, 8 bytes each; what `bpftool prog dump xlated` disassembles. */
export function programTranslated(program: FileDescriptor): Uint8Array {
  const instructions = new Uint8Array(read(program, PROGRAM_INFO_SIZE).getUint32(20, true));
  if (instructions.length > 0) readInto(program, PROGRAM_INFO_SIZE, 20, 32, instructions.length, instructions);
  return instructions;
}

export function btfInfo(btf: FileDescriptor): BtfInfo {
  const name = new Uint8Array(64);
  const info = readInto(btf, BTF_INFO_SIZE, 24, 16, name.length, name);
  const end = name.indexOf(0);
  return {
    size: info.getUint32(8, true),
    id: info.getUint32(12, true),
    name: Buffer.from(name.subarray(0, end < 0 ? name.length : end)).toString("utf8"),
    isKernel: info.getUint32(28, true) !== 0,
  };
}

export function linkInfo(link: FileDescriptor): LinkInfo {
  const info = read(link, LINK_INFO_SIZE);
  const type = wordOf(linkTypes, info.getUint32(0, true));
  const common = { type, id: info.getUint32(4, true), programId: info.getUint32(8, true) };
  const first = info.getUint32(16, true);
  const second = info.getUint32(20, true);
  switch (type) {
    case "xdp":
      return { ...common, ifindex: first };
    case "tcx":
    case "netkit":
      return { ...common, ifindex: first, attachType: wordOf(attachTypes, second) };
    case "netns":
      return { ...common, namespaceInode: first, attachType: wordOf(attachTypes, second) };
    case "sockmap":
      return { ...common, mapId: first, attachType: wordOf(attachTypes, second) };
    case "cgroup":
      return {
        ...common,
        cgroupId: info.getBigUint64(16, true),
        attachType: wordOf(attachTypes, info.getUint32(24, true)),
      };
    default:
      return common;
  }
}

// The sizes of Linux 6.1. Older kernels fill in fewer bytes, newer ones leave out what they know beyond.
const MAP_INFO_SIZE = 88;
const PROGRAM_INFO_SIZE = 232;
const BTF_INFO_SIZE = 32;
const LINK_INFO_SIZE = 48;

function read(object: FileDescriptor, size: number): DataView<ArrayBuffer> {
  return query(object, new DataView(new ArrayBuffer(size)));
}

/** As read, for an array that the kernel fills in: its capacity and address go into the structure first. */
function readInto(
  object: FileDescriptor,
  size: number,
  countOffset: number,
  pointerOffset: number,
  count: number,
  array: Uint8Array,
): DataView<ArrayBuffer> {
  const info = new DataView(new ArrayBuffer(size));
  info.setUint32(countOffset, count, true);
  info.setBigUint64(pointerOffset, addressOf(array), true);
  return query(object, info, array);
}

function query(object: FileDescriptor, info: DataView<ArrayBuffer>, pointee?: Uint8Array): DataView<ArrayBuffer> {
  const attributes = freshAttributes()
    .u32(0, object.number)
    .u32(4, info.byteLength)
    .pointer(8, new Uint8Array(info.buffer));
  if (pointee !== undefined) attributes.hold(pointee);
  unwrap(attributes.call("BPF_OBJ_GET_INFO_BY_FD"), () => ({
    operation: "bpf(BPF_OBJ_GET_INFO_BY_FD)",
    what: `Cannot ask about the ${object.label}`,
  }));
  return info;
}

function programMapIds(program: FileDescriptor, count: number): readonly number[] {
  const ids = new Uint32Array(count);
  if (count > 0) readInto(program, PROGRAM_INFO_SIZE, 52, 56, count, new Uint8Array(ids.buffer));
  return [...ids];
}

function text(info: DataView<ArrayBuffer>, offset: number): string {
  const bytes = Buffer.from(info.buffer, offset, 16);
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? 16 : end);
}
