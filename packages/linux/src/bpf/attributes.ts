/**
 * The argument of bpf(2), `union bpf_attr`, and the call itself.
 *
 * One buffer serves every call: the calls are synchronous, so no two ever need it at once, and map operations are
 * frequent enough for an allocation each to be felt. A command's function fills the fields it needs and calls.
 *
 * @see include/uapi/linux/bpf.h for the offsets the commands use
 */
import { libc } from "../syscall/libc.ts";
import { addressOf } from "../syscall/memory.ts";

/** Commands of bpf(2), by the kernel's names. */
export const bpfCommands = {
  BPF_MAP_CREATE: 0,
  BPF_MAP_LOOKUP_ELEM: 1,
  BPF_MAP_UPDATE_ELEM: 2,
  BPF_MAP_DELETE_ELEM: 3,
  BPF_MAP_GET_NEXT_KEY: 4,
  BPF_PROG_LOAD: 5,
  BPF_OBJ_PIN: 6,
  BPF_OBJ_GET: 7,
  BPF_PROG_ATTACH: 8,
  BPF_PROG_DETACH: 9,
  BPF_PROG_TEST_RUN: 10,
  BPF_PROG_GET_NEXT_ID: 11,
  BPF_MAP_GET_NEXT_ID: 12,
  BPF_PROG_GET_FD_BY_ID: 13,
  BPF_MAP_GET_FD_BY_ID: 14,
  BPF_OBJ_GET_INFO_BY_FD: 15,
  BPF_PROG_QUERY: 16,
  BPF_BTF_LOAD: 18,
  BPF_BTF_GET_FD_BY_ID: 19,
  BPF_MAP_LOOKUP_AND_DELETE_ELEM: 21,
  BPF_MAP_FREEZE: 22,
  BPF_BTF_GET_NEXT_ID: 23,
  BPF_MAP_LOOKUP_BATCH: 24,
  BPF_MAP_LOOKUP_AND_DELETE_BATCH: 25,
  BPF_MAP_UPDATE_BATCH: 26,
  BPF_MAP_DELETE_BATCH: 27,
  BPF_LINK_CREATE: 28,
  BPF_LINK_UPDATE: 29,
  BPF_LINK_GET_FD_BY_ID: 30,
  BPF_LINK_GET_NEXT_ID: 31,
  BPF_ENABLE_STATS: 32,
  BPF_LINK_DETACH: 34,
  BPF_PROG_BIND_MAP: 35,
} as const;

export type BpfCommand = keyof typeof bpfCommands;

/**
 * Any command with attributes laid out by the caller, for what the typed functions do not cover.
 *
 * @param attributes `union bpf_attr`, as long as the command needs; the kernel writes its answers into it
 * @returns a result that is not negative, or a negative error number
 */
export function bpf(command: BpfCommand, attributes: Uint8Array): number {
  return libc().syscall(callNumber(), bpfCommands[command], attributes, attributes.length);
}

/** Starts the shared attributes anew, all zero. Valid until the next call of this function. */
export function freshAttributes(): Attributes {
  return shared.clear();
}

/** Fields of `union bpf_attr` by their offset in bytes. */
export class Attributes {
  readonly #bytes = new Uint8Array(SIZE);
  readonly #view = new DataView(this.#bytes.buffer);
  /** What the fields point at: it must outlive the call, and nobody else may be holding it. */
  readonly #pointees: Uint8Array[] = [];

  clear(): this {
    this.#bytes.fill(0);
    this.#pointees.length = 0;
    return this;
  }

  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.#view.setBigUint64(offset, value, true);
    return this;
  }

  /** A pointer to bytes, which the kernel may read and write during the call. */
  pointer(offset: number, bytes: Uint8Array): this {
    this.#view.setBigUint64(offset, addressOf(bytes), true);
    return this.hold(bytes);
  }

  /** Keeps bytes from being collected until after the call, when something other than a field points at them. */
  hold(bytes: Uint8Array): this {
    this.#pointees.push(bytes);
    return this;
  }

  /** A pointer to a zero-terminated string. */
  string(offset: number, text: string): this {
    return this.pointer(offset, Buffer.from(`${text}\0`, "utf8"));
  }

  /** An object's name, cut to the 15 bytes that fit, with the characters the kernel refuses replaced. */
  name(offset: number, name: string): this {
    const allowed = name.replace(/[^A-Za-z0-9_.]/g, "_").slice(0, NAME_LENGTH - 1);
    for (let index = 0; index < allowed.length; index++) this.#bytes[offset + index] = allowed.charCodeAt(index);
    return this;
  }

  /** Makes the call and lets go of what the fields point at. A result that is not negative, or a negative error number. */
  call(command: BpfCommand): number {
    const result = libc().syscall(callNumber(), bpfCommands[command], this.#bytes, SIZE);
    this.#pointees.length = 0;
    return result;
  }

  /** Reads an answer the kernel wrote into the attributes. */
  readU32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  readU64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }
}

/**
 * Longer than any field used here. Older kernels know fewer bytes and only insist that the rest is zero, and newer ones
 * take a shorter union as zero-extended, so one size does for all.
 */
const SIZE = 152;

/** BPF_OBJ_NAME_LEN, with the final zero. */
const NAME_LENGTH = 16;

const shared = new Attributes();

function callNumber(): number {
  const number = callNumbers[process.arch];
  if (number === undefined) {
    throw new Error(`Cannot call bpf(2): its number on ${process.arch} is not known here. Use x64, arm64 or riscv64.`);
  }
  return number;
}

/** __NR_bpf by Node's name of the architecture. */
const callNumbers: { readonly [arch: string]: number | undefined } = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
  ppc64: 361,
};
