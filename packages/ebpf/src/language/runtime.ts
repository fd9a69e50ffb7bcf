/**
 * What a running packet program calls: the machine beneath it.
 *
 * In the kernel the compiler turns these calls into helpers. In V8 a machine implements them, and this module holds the
 * one pointer to it. The language knows machines only by this interface.
 */
import type { MapDeclaration } from "./map/declaration.ts";
import type { AnyRef } from "./shape.ts";
import { Stack } from "./stack.ts";

/** A configuration constant's value. */
export type Constant = number | bigint | boolean;

/** A map that is reached by key. Errors are negative errno numbers, as in the kernel. */
export interface KeyedTable {
  /** The value's reference, or `null`; `key` is a reference to a value of the map's key layout. */
  lookup(key: AnyRef): AnyRef | null;
  update(key: AnyRef, value: AnyRef, flags: number): number;
  delete(key: AnyRef): number;
  /** Calls back for every element until a callback returns 1; the number of calls. */
  visit(visitor: (key: AnyRef, value: AnyRef) => number): number;
}

/** A queue or a stack. */
export interface QueueTable {
  push(value: AnyRef, flags: number): number;
  pop(into: AnyRef): number;
  peek(into: AnyRef): number;
}

/** A ring buffer, seen from the program that fills it. */
export interface RingTable {
  output(record: AnyRef, flags: number): number;
}

/** A map of maps: gives the declaration that stands for the inner map. */
export interface OuterTable {
  lookup(key: AnyRef): MapDeclaration | null;
}

/** A map of network devices, for XDP. */
export interface DeviceTable {
  /** Returns an XDP verdict. */
  redirect(key: number, flags: number): number;
}

/** A map of sockets. Redirecting into it is a method of contexts; a program may take sockets out. */
export interface SocketTable {
  delete(key: AnyRef): number;
}

/**
 * The machine. Each family of maps has an array of tables by declaration number, so that a call on a map is an index and
 * not a search; a hole means that the table was not opened yet.
 */
export interface Machine {
  readonly stack: Stack;
  /** Values of configuration constants by slot; a hole means the declared default. */
  readonly constants: readonly (Constant | undefined)[];
  readonly keyed: readonly (KeyedTable | undefined)[];
  readonly queues: readonly (QueueTable | undefined)[];
  readonly rings: readonly (RingTable | undefined)[];
  readonly outers: readonly (OuterTable | undefined)[];
  readonly devices: readonly (DeviceTable | undefined)[];
  readonly sockets: readonly (SocketTable | undefined)[];
  openKeyed(map: MapDeclaration): KeyedTable;
  openQueue(map: MapDeclaration): QueueTable;
  openRing(map: MapDeclaration): RingTable;
  openOuter(map: MapDeclaration): OuterTable;
  openDevices(map: MapDeclaration): DeviceTable;
  openSockets(map: MapDeclaration): SocketTable;

  /** Monotonic clock in nanoseconds, without the time the machine was suspended. */
  ktimeNs(): bigint;
  /** Monotonic clock in nanoseconds, suspension included. */
  ktimeBootNs(): bigint;
  /** Monotonic clock in nanoseconds as of the last timer tick. */
  ktimeCoarseNs(): bigint;
  /** 0..2^32-1. */
  randomU32(): number;
  cpuId(): number;
  redirect(ifindex: number, flags: number): number;
  redirectPeer(ifindex: number, flags: number): number;
  redirectNeigh(ifindex: number, flags: number): number;
}

/** The one pointer to the running machine. */
export const current: { machine: Machine } = { machine: noMachine() };

/** Runs `action` with `machine` beneath the language, and puts the former machine back. */
export function withMachine<Result>(machine: Machine, action: () => Result): Result {
  const before = current.machine;
  current.machine = machine;
  try {
    return action();
  } finally {
    current.machine = before;
  }
}

/** Outside of a run layouts can be made and constants have their defaults; maps and helpers are out of reach. */
function noMachine(): Machine {
  const refuse = (): never => {
    throw new Error(
      "Cannot call a map or a kernel helper here: no machine is running this program. Run it with a Twin, or compile it for the kernel.",
    );
  };
  return {
    stack: new Stack(),
    constants: [],
    keyed: [],
    queues: [],
    rings: [],
    outers: [],
    devices: [],
    sockets: [],
    openKeyed: refuse,
    openQueue: refuse,
    openRing: refuse,
    openOuter: refuse,
    openDevices: refuse,
    openSockets: refuse,
    ktimeNs: refuse,
    ktimeBootNs: refuse,
    ktimeCoarseNs: refuse,
    randomU32: refuse,
    cpuId: refuse,
    redirect: refuse,
    redirectPeer: refuse,
    redirectNeigh: refuse,
  };
}
