/**
 * A director in each world: its tables filled from the wanted state by `planTables`, frames in, verdicts and frames out.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Compiled, type ConfigValues, compile } from "@weir/ebpf/compiler";
import { type Collection, load } from "@weir/ebpf/loader";
import { Twin } from "@weir/ebpf/twin";
import { connections } from "../../src/datapath/connections/connection.ts";
import { features } from "../../src/datapath/features.ts";
import { outcomes } from "../../src/datapath/outcomes.ts";
import { director } from "../../src/datapath/programs.ts";
import { settings } from "../../src/datapath/settings.ts";
import {
  realServers,
  rotation,
  serverCounters,
  serverLoad,
  services,
  serviceTable,
} from "../../src/datapath/tables.ts";
import { Numbering } from "../../src/director/numbering.ts";
import { planTables } from "../../src/director/plan.ts";
import type { WantedState } from "../../src/model/service.ts";
import { openKernelNetwork } from "./kernel-network.ts";
import { environmentOf, type FixtureNetwork } from "./network.ts";
import {
  MAX_CONNECTIONS,
  MAX_SERVERS,
  OUTCOME_NAMES,
  type OutcomeName,
  type Outcomes,
  rowOf,
  type Snapshot,
} from "./tables.ts";

/** 900 s, 120 s and 300 s in ticks of 2^20 ns. */
const SETTINGS = { tcpTimeout: 858_306, tcpFinTimeout: 114_440, udpTimeout: 286_102 };

/** What fixtures are built for beyond the defaults. */
export type Features = Partial<typeof features>;

export interface Sent {
  readonly verdict: number;
  readonly packet: Uint8Array;
}

export interface DirectorWorld extends Disposable {
  send(frame: Uint8Array): Sent;
  snapshot(): Snapshot;
}

/** @param pass is told of the clock: only the twin's can be moved */
export interface TwinDirector extends DirectorWorld {
  readonly twin: Twin;
}

export function directorInTwin(state: WantedState, network: FixtureNetwork, values: Features = {}): TwinDirector {
  const twin = new Twin({ environment: environmentOf(network) });
  twin.now = 1_000_000_000_000n;
  twin.configure(features, values);
  const contents = planTables(state, numberings());
  for (const [number, server] of contents.realServers) twin.map(realServers).set(number, server);
  for (const [place, server] of contents.rotation) twin.map(rotation).set(place, server);
  for (const [number, service] of contents.serviceTable) twin.map(serviceTable).set(number, service);
  for (const [key, number] of contents.services) twin.map(services).set(key, number);
  Object.assign(twin.map(settings), SETTINGS);
  return {
    twin,
    send: (frame) => twin.xdp(director, frame, { ingressIfindex: 1 }),
    snapshot: () => ({
      outcomes: namedOutcomes((outcome) => Number(twin.map(outcomes).get(outcome)?.value ?? 0n)),
      connections: numbers(MAX_CONNECTIONS).flatMap((number) => rowOf(twin.map(connections).get(number)) ?? []),
      traffic: numbers(MAX_SERVERS).map((number) => trafficOf([twin.map(serverCounters).get(number)])),
      load: numbers(MAX_SERVERS).map((number) => loadOf(twin.map(serverLoad).get(number))),
    }),
    [Symbol.dispose]: () => {},
  };
}

export function directorInKernel(state: WantedState, network: FixtureNetwork, values: Features = {}): DirectorWorld {
  const kernel = openKernelNetwork(network);
  let tables: Collection;
  try {
    tables = load(compiled(values));
  } catch (error) {
    kernel[Symbol.dispose]();
    throw error;
  }
  const contents = planTables(state, numberings());
  tables.map(realServers).updateMany(contents.realServers);
  tables.map(rotation).updateMany(contents.rotation);
  tables.map(serviceTable).updateMany(contents.serviceTable);
  tables.map(services).updateMany(contents.services);
  tables.cell(settings).write(SETTINGS);
  const perCpu = (outcome: number) => tables.perCpuMap(outcomes).lookup(outcome) ?? [];
  return {
    send: (frame) =>
      kernel.enter(() => {
        const { returnValue, data } = tables.program("director").testRun(frame);
        return { verdict: returnValue, packet: data };
      }),
    snapshot: () => ({
      outcomes: namedOutcomes((outcome) => Number(perCpu(outcome).reduce((sum, value) => sum + value, 0n))),
      connections: numbers(MAX_CONNECTIONS).flatMap((number) => rowOf(tables.map(connections).lookup(number)) ?? []),
      traffic: numbers(MAX_SERVERS).map((number) => trafficOf(tables.perCpuMap(serverCounters).lookup(number) ?? [])),
      load: numbers(MAX_SERVERS).map((number) => loadOf(tables.map(serverLoad).lookup(number))),
    }),
    [Symbol.dispose]() {
      tables.close();
      kernel[Symbol.dispose]();
    },
  };
}

const ENTRY = fileURLToPath(new URL("../../src/datapath/programs.ts", import.meta.url));
const cache = new Map<string, Compiled>();

/** Compiling takes seconds; most fixtures want the same. */
function compiled(values: Features): Compiled {
  const key = JSON.stringify(values);
  const found = cache.get(key);
  if (found !== undefined) return found;
  const config: ConfigValues = { ...values };
  const made = compile(ENTRY, { config, readSource });
  cache.set(key, made);
  return made;
}

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // The compiler says which import it was.
  }
}

function numberings() {
  return { services: new Numbering(1), realServers: new Numbering(1) };
}

/** 1, 2, …: number 0 is nobody's. */
function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function namedOutcomes(read: (outcome: number) => number): Outcomes {
  const counts: Outcomes = {};
  for (const [name, outcome] of Object.entries(OUTCOME_NAMES)) {
    const value = read(outcome);
    // Object.entries forgets the names' type.
    if (value !== 0) counts[name as OutcomeName] = value;
  }
  return counts;
}

interface Counted {
  readonly connections: bigint;
  readonly packetsIn: bigint;
  readonly packetsOut: bigint;
  readonly bytesIn: bigint;
  readonly bytesOut: bigint;
}

function trafficOf(perCpu: readonly (Counted | null)[]) {
  const sum = (field: keyof Counted) => perCpu.reduce((total, counters) => total + Number(counters?.[field] ?? 0n), 0);
  return {
    connections: sum("connections"),
    packetsIn: sum("packetsIn"),
    packetsOut: sum("packetsOut"),
    bytesIn: sum("bytesIn"),
    bytesOut: sum("bytesOut"),
  };
}

function loadOf(load: { readonly active: number; readonly total: number } | null | undefined) {
  return { active: load?.active ?? 0, total: load?.total ?? 0 };
}
