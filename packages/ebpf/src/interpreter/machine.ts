/**
 * The world around an interpreted program, as narrow interfaces: maps, helpers, the context it is started with, the packet
 * that context speaks of, and the memory through which helpers meet the program.
 *
 * Maps and most helpers are the twin's. All addresses are unsigned 64-bit bigints.
 */

import type { AccessSize } from "../object/index.ts";

export interface InterpreterMachine {
  /** Maps by the number in the instruction that loads them: a descriptor or an index. */
  readonly maps: ReadonlyMap<number, InterpretedMap>;
  /** Helpers by their number in the kernel. `coreHelpers` has those that need only the interfaces below. */
  readonly helpers: ReadonlyMap<number, InterpretedHelper>;
  /** Instructions after which a program counts as endless; 10 million if absent. */
  readonly stepLimit?: number;
}

/**
 * A map as compiled code sees it. Errors are the kernel's, as negative numbers (-2 is ENOENT).
 *
 * Keys and values handed in are live views of the program's memory: copy what is kept.
 */
export interface InterpretedMap {
  /** For messages. */
  readonly name: string;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes. */
  readonly valueSize: number;
  /** The live bytes of an element's value, an inner map for a map of maps, or null. */
  lookup(key: Uint8Array): Uint8Array | InterpretedMap | null;
  /** @param flags 0 any, 1 only if new, 2 only if present */
  update(key: Uint8Array, value: Uint8Array, flags: bigint): number;
  delete(key: Uint8Array): number;
  /** Hands each element to the visitor until that gives other than 0; absent where the kernel has no such thing. */
  visit?(visitor: (key: Uint8Array, value: Uint8Array) => number): number;
  /** All values of an array back to back, live, for instructions that load a value's address directly. */
  readonly values?: Uint8Array;
  /** Queues and stacks. */
  push?(value: Uint8Array, flags: bigint): number;
  /** Removes an element into `value`. */
  pop?(value: Uint8Array): number;
  /** Copies the next element into `value`. */
  peek?(value: Uint8Array): number;
}

export interface InterpretedHelper {
  /** For messages, as the kernel has it: "bpf_map_lookup_elem". */
  readonly name: string;
  /** How many of r1..r5 it reads. The interpreter checks that these were written. */
  readonly parameters: 0 | 1 | 2 | 3 | 4 | 5;
  /**
   * @param args one bigint a parameter, unsigned 64 bits
   * @returns r0; negative results are taken modulo 2^64
   */
  call(run: HelperRun, args: readonly bigint[]): bigint;
}

/** What a helper may do with the program that called it. */
export interface HelperRun {
  readonly memory: ProgramMemory;
  /** What the program was started with. */
  readonly context: EntryContext;
  /**
   * Calls a function of the program, as bpf_loop does.
   *
   * @param address as a function-address load produced it
   * @param args r1 and following, at most five
   * @returns r0, unsigned 64 bits
   */
  callFunction(address: bigint, args: readonly bigint[]): bigint;
}

/** What r1 points to when a program begins: fields that answer one by one, or plain bytes (syscall programs). */
export type EntryContext = ProgramContext | Uint8Array;

/** A context whose fields are not memory: `xdpContext` and its like build one. */
export interface ProgramContext {
  /** The structure's name in the kernel: "xdp_md". */
  readonly name: string;
  /** What helpers that move the packet act on. */
  readonly packet?: InterpretedPacket;
  /** Unsigned 64 bits. @throws ProgramFault if there is no such readable field */
  load(offset: number, size: AccessSize, memory: ProgramMemory): bigint;
  /** @throws ProgramFault if there is no such writable field */
  store(offset: number, size: AccessSize, value: bigint): void;
}

/** A packet in a buffer with room around it. Positions count from the buffer's start. */
export interface InterpretedPacket {
  readonly buffer: Uint8Array;
  /** First byte of the metadata in front of the packet; equal to `start` if there is none. */
  readonly metaStart: number;
  readonly start: number;
  readonly end: number;
  /** Changes whenever the packet moves: pointers from before are then refused. */
  readonly generation: number;
  /** Moves the start. Each of these gives 0 or a negative errno, as the helper of that name does. */
  adjustHead(delta: number): number;
  /** Moves the end. */
  adjustTail(delta: number): number;
  /** Moves the start of the metadata. */
  adjustMeta(delta: number): number;
}

/** What helpers and contexts may do with a program's memory. */
export interface ProgramMemory {
  /** These bytes, live. @throws ProgramFault unless the program could read them */
  read(address: bigint, length: number): Uint8Array;
  /** These bytes, live, to be written whole. @throws ProgramFault unless the program could write them */
  write(address: bigint, length: number): Uint8Array;
  /** Address of bytes that outlive the call, such as a map's value. @param name for messages */
  addressOf(bytes: Uint8Array, name: string): bigint;
  /** The bytes that `addressOf` gave this address. @throws ProgramFault if it is not the address of a whole value */
  bytesAt(address: bigint): Uint8Array;
  addressOfMap(map: InterpretedMap): bigint;
  /** @throws ProgramFault if no map is at this address */
  mapAt(address: bigint): InterpretedMap;
  /** Address of a byte of the packet's buffer; valid until the packet's generation changes. */
  addressInPacket(packet: InterpretedPacket, position: number): bigint;
}
