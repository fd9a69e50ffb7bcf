/**
 * The machine beneath the language in V8: clock, chance, CPU number, tables, redirections. Several live in one process,
 * each with tables of its own.
 */
import type { Constant } from "../language/config.ts";
import { TCX_DROP, TCX_REDIRECT } from "../language/context/skb.ts";
import { XDP_ABORTED, XDP_REDIRECT } from "../language/context/xdp.ts";
import type { MapDeclaration } from "../language/map/declaration.ts";
import { BPF_F_INGRESS } from "../language/map/flag.ts";
import type { Machine } from "../language/runtime.ts";
import { Stack } from "../language/stack.ts";
import { ArrayTable } from "./map/array-table.ts";
import { DevicesTable } from "./map/devices-table.ts";
import { HashTable } from "./map/hash-table.ts";
import { InnerMapsTable } from "./map/inner-maps-table.ts";
import { PrefixTable } from "./map/prefix-table.ts";
import { QueuesTable } from "./map/queues-table.ts";
import { RecordsTable } from "./map/records-table.ts";
import { layoutsOf, type SearchableTable } from "./map/searchable-table.ts";
import { SocketsTable } from "./map/sockets-table.ts";
import type { Redirection } from "./redirection.ts";

/** Clock, chance and CPUs, handed in. */
export interface MachineOptions {
  /** Number of CPUs: per-CPU maps have a value for each. Default 1. */
  readonly cpus?: number;
  /** Random numbers, 0..2^32-1. The default counts 0, 1, 2, … so that a test which needs chance says so. */
  readonly random?: () => number;
  /** Nanoseconds the machine was suspended: how far the boot clock is ahead. */
  readonly suspended?: bigint;
  /** Length of a timer tick in nanoseconds, for the coarse clock. Default 4 ms (250 Hz). */
  readonly tick?: bigint;
}

export class TwinMachine implements Machine {
  readonly stack = new Stack();
  readonly constants: (Constant | undefined)[] = [];
  readonly keyed: (SearchableTable | undefined)[] = [];
  readonly queues: (QueuesTable | undefined)[] = [];
  readonly rings: (RecordsTable | undefined)[] = [];
  readonly outers: (InnerMapsTable | undefined)[] = [];
  readonly devices: (DevicesTable | undefined)[] = [];
  readonly sockets: (SocketsTable | undefined)[] = [];

  /** The CPU that runs programs, 0..cpus-1. */
  cpu = 0;
  readonly cpus: number;
  /** What `redirect` asked for in this run. */
  redirection: Redirection | null = null;
  /** The rules of `redirect` differ between hooks. */
  hook: "xdp" | "tcx" = "xdp";

  #now = 0n;
  #coarse = 0n;
  readonly #suspended: bigint;
  readonly #tick: bigint;
  readonly #random: () => number;

  constructor(options: MachineOptions = {}) {
    this.cpus = options.cpus ?? 1;
    this.#suspended = options.suspended ?? 0n;
    this.#tick = options.tick ?? 4_000_000n;
    this.#random = options.random ?? counting();
  }

  /** The monotonic clock in nanoseconds; it stands still until it is set. */
  get now(): bigint {
    return this.#now;
  }

  set now(nanoseconds: bigint) {
    this.#now = nanoseconds;
    this.#coarse = nanoseconds - (nanoseconds % this.#tick);
  }

  ktimeNs(): bigint {
    return this.#now;
  }

  ktimeBootNs(): bigint {
    return this.#now + this.#suspended;
  }

  ktimeCoarseNs(): bigint {
    return this.#coarse;
  }

  randomU32(): number {
    return this.#random() >>> 0;
  }

  cpuId(): number {
    return this.cpu;
  }

  redirect(ifindex: number, flags: number): number {
    const allowed = this.hook === "xdp" ? 0 : BPF_F_INGRESS;
    if ((flags & ~allowed) !== 0) return this.hook === "xdp" ? XDP_ABORTED : TCX_DROP;
    this.redirection = { ifindex, flags, by: "interface" };
    return this.hook === "xdp" ? XDP_REDIRECT : TCX_REDIRECT;
  }

  redirectPeer(ifindex: number, flags: number): number {
    if (flags !== 0) return TCX_DROP;
    this.redirection = { ifindex, flags, by: "peer" };
    return TCX_REDIRECT;
  }

  redirectNeigh(ifindex: number, flags: number): number {
    if (flags !== 0) return TCX_DROP;
    this.redirection = { ifindex, flags, by: "neighbour" };
    return TCX_REDIRECT;
  }

  openKeyed(map: MapDeclaration): SearchableTable {
    const open = this.keyed[map.id] ?? keyedTable(map, this);
    this.keyed[map.id] = open;
    return open;
  }

  openQueue(map: MapDeclaration): QueuesTable {
    const open = this.queues[map.id] ?? new QueuesTable(map);
    this.queues[map.id] = open;
    return open;
  }

  openRing(map: MapDeclaration): RecordsTable {
    const open = this.rings[map.id] ?? new RecordsTable(map);
    this.rings[map.id] = open;
    return open;
  }

  openOuter(map: MapDeclaration): InnerMapsTable {
    const open = this.outers[map.id] ?? new InnerMapsTable(map);
    this.outers[map.id] = open;
    return open;
  }

  openDevices(map: MapDeclaration): DevicesTable {
    const open = this.devices[map.id] ?? new DevicesTable(map, this);
    this.devices[map.id] = open;
    return open;
  }

  openSockets(map: MapDeclaration): SocketsTable {
    const open = this.sockets[map.id] ?? new SocketsTable(map);
    this.sockets[map.id] = open;
    return open;
  }
}

function keyedTable(map: MapDeclaration, machine: TwinMachine): SearchableTable {
  switch (map.kind) {
    case "array":
    case "percpuArray":
      return new ArrayTable(map, layoutsOf(map), machine);
    case "lpmTrie":
      return new PrefixTable(map, layoutsOf(map), machine);
    case "hash":
    case "percpuHash":
    case "lruHash":
    case "lruPercpuHash":
      return new HashTable(map, layoutsOf(map), machine);
    default:
      throw new Error(
        `Map ${map.name} is a ${map.kind}, which is not reached by key. This is a mistake of the language's runtime.`,
      );
  }
}

function counting(): () => number {
  let next = 0;
  return () => next++;
}
