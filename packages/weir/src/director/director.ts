/**
 * The director: keeps the tables of the packet path as the wanted state says.
 */
import type { Collection } from "@weir/ebpf/loader";
import { settings } from "../datapath/settings.ts";
import { realServers, rotation, serverCounters, serverLoad, services, serviceTable } from "../datapath/tables.ts";
import { applyEdit, type Edit, type EditCode } from "../model/edit.ts";
import type { Result } from "../model/problem.ts";
import { nothingWanted, type RealServer, type VirtualService, type WantedState } from "../model/service.ts";
import { Numbering } from "./numbering.ts";
import { planTables, realServerName, serviceName, type TableContents } from "./plan.ts";

/** The kernel's: 900 s, 120 s and 300 s, in ticks of 2^20 ns. */
const DEFAULT_SETTINGS = { tcpTimeout: 858_306, tcpFinTimeout: 114_440, udpTimeout: 286_102 };

/** Connections that a real server has now. */
export interface Load {
  readonly active: number;
  readonly inactive: number;
}

/** Traffic of one real server since it was added. */
export interface Traffic {
  readonly connections: bigint;
  readonly packetsIn: bigint;
  readonly packetsOut: bigint;
  readonly bytesIn: bigint;
  readonly bytesOut: bigint;
}

export class Director {
  readonly #tables: Collection;
  readonly #numberings = { services: new Numbering(1), realServers: new Numbering(1) };
  #state: WantedState = nothingWanted;

  constructor(tables: Collection) {
    this.#tables = tables;
    tables.cell(settings).write(DEFAULT_SETTINGS);
  }

  get state(): WantedState {
    return this.#state;
  }

  /** Changes the wanted state and the tables, or neither. */
  edit(edit: Edit): Result<WantedState, EditCode> {
    const next = applyEdit(this.#state, edit);
    if (next.ok) this.#converge(next.value);
    return next;
  }

  traffic(service: VirtualService, server: RealServer): Traffic {
    const number = this.#numberings.realServers.numberOf(realServerName(service, server));
    const perCpu = this.#tables.perCpuMap(serverCounters).lookup(number) ?? [];
    const sum = (field: keyof Traffic): bigint => perCpu.reduce((total, counters) => total + counters[field], 0n);
    return {
      connections: sum("connections"),
      packetsIn: sum("packetsIn"),
      packetsOut: sum("packetsOut"),
      bytesIn: sum("bytesIn"),
      bytesOut: sum("bytesOut"),
    };
  }

  load(service: VirtualService, server: RealServer): Load {
    const number = this.#numberings.realServers.numberOf(realServerName(service, server));
    const { active, total } = this.#tables.map(serverLoad).lookup(number) ?? { active: 0, total: 0 };
    return { active, inactive: Math.max(total - active, 0) };
  }

  #converge(state: WantedState): void {
    this.#numberings.services.keepOnly(new Set(state.services.map(serviceName)));
    this.#numberings.realServers.keepOnly(
      new Set(
        state.services.flatMap((service) => service.realServers.map((server) => realServerName(service, server))),
      ),
    );
    this.#write(planTables(state, this.#numberings));
    this.#state = state;
  }

  /** What others refer to is written first, so that the packet path never follows a number into nothing. */
  #write(contents: TableContents): void {
    const tables = this.#tables;
    for (const [number, server] of contents.realServers) tables.map(realServers).update(number, server);
    for (const [place, server] of contents.rotation) tables.map(rotation).update(place, server);
    const table = tables.map(serviceTable);
    for (const [number, service] of contents.serviceTable) {
      table.update(number, { ...service, cursor: table.lookup(number)?.cursor ?? 0 });
    }
    const directory = tables.map(services);
    const wanted = new Set(contents.services.map(([key]) => JSON.stringify(key)));
    for (const [key, number] of contents.services) directory.update(key, number);
    for (const [key] of [...directory.entries()]) {
      const { address, port, protocol, family } = key;
      if (!wanted.has(JSON.stringify({ address, port, protocol, family }))) directory.delete(key);
    }
  }
}
