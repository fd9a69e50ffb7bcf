/**
 * Specs: what a compiled program and its maps are, as data that can be printed, compared and stored.
 *
 * Nothing here is alive: a loader turns a spec into kernel objects. Names stand where the kernel wants descriptors.
 */
import type { TypeId } from "./btf-types.ts";
import type { Instruction } from "./instruction.ts";

export interface MapSpec {
  /** Name and pin, 1..15 letters, digits and underscores. */
  readonly name: string;
  /** enum bpf_map_type. */
  readonly type: number;
  /** Bytes; 0 for maps without keys. */
  readonly keySize: number;
  /** Bytes; 0 for ring buffers. Rounded up to 8 for per-CPU values by whoever reads them all. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_… of map creation. */
  readonly flags: number;
  /** Types of key and value in the collection's BTF; `null` for kinds of maps that take none. */
  readonly types: { readonly key: TypeId; readonly value: TypeId } | null;
  /** The pattern of inner maps. */
  readonly inner: MapSpec | null;
  /** What the only element holds from the start, for constant tables: written once, then frozen. */
  readonly contents: Uint8Array | null;
}

/** An instruction whose immediate is known only once maps exist. */
export interface Relocation {
  /** Index into `instructions`, always a 64-bit immediate load. */
  readonly instruction: number;
  /** `map`: the map's address. `mapValue`: byte `offset` of its only element. */
  readonly kind: "map" | "mapValue";
  readonly map: string;
  readonly offset: number;
}

/** Where a function of the program begins. */
export interface FunctionSpec {
  readonly name: string;
  /** Index into `instructions`. */
  readonly instruction: number;
  /** A BTF `func`. */
  readonly type: TypeId;
  /** Bytes of stack. */
  readonly frameSize: number;
}

/** From this instruction on, code comes from this line. */
export interface LineSpec {
  /** Index into `instructions`. */
  readonly instruction: number;
  readonly file: string;
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

export interface ProgramSpec {
  readonly name: string;
  /** The context type of the source: "Xdp", "Skb", … (PROGRAM_TYPES of the language has the kernel's numbers). */
  readonly kind: string;
  /** enum bpf_prog_type. */
  readonly type: number;
  /** enum bpf_attach_type, 0 where the kernel wants none. */
  readonly expectedAttachType: number;
  /** BPF_F_… of program loading: sleepable for programs run on demand. */
  readonly flags: number;
  readonly license: string;
  readonly instructions: readonly Instruction[];
  readonly relocations: readonly Relocation[];
  readonly functions: readonly FunctionSpec[];
  readonly lines: readonly LineSpec[];
  /** Names of the maps it uses, in order of first use. */
  readonly maps: readonly string[];
}

/** All programs of one module and the maps they share. */
export interface CollectionSpec {
  readonly programs: readonly ProgramSpec[];
  readonly maps: readonly MapSpec[];
  /** For BPF_BTF_LOAD: types of maps and functions, and the strings of `lines`. */
  readonly btf: Uint8Array;
  /** Offset in the BTF string table of every file name and line text in `lines`. */
  readonly strings: ReadonlyMap<string, number>;
}
