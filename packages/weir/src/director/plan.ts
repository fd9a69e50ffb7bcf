/**
 * From the wanted state to the contents of the tables: pure, so that what will be written can be printed and tested.
 */
import {
  METHOD_DIRECT_ROUTING,
  METHOD_MASQUERADING,
  METHOD_TUNNELING,
  TUNNEL_GRE,
  TUNNEL_GUE,
  TUNNEL_IPIP,
} from "../datapath/tables.ts";
import type { ForwardingMethod, Protocol, RealServer, Tunnel, VirtualService, WantedState } from "../model/service.ts";
import { addressWords, rawPort } from "../wire/address.ts";
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/protocol.ts";
import type { Numbering } from "./numbering.ts";

/** What the tables should hold, as plain values of their layouts. */
export interface TableContents {
  readonly services: readonly (readonly [ServiceEntry, number])[];
  readonly serviceTable: readonly (readonly [number, { readonly first: number; readonly places: number }])[];
  readonly rotation: readonly (readonly [number, number])[];
  readonly realServers: readonly (readonly [number, RealServerEntry])[];
}

export interface ServiceEntry {
  readonly address: readonly number[];
  readonly port: number;
  readonly protocol: number;
  readonly family: number;
}

export interface RealServerEntry {
  readonly address: readonly number[];
  readonly port: number;
  readonly family: number;
  readonly method: number;
  readonly service: number;
  readonly tunnel: number;
  readonly tunnelChecksum: number;
  readonly tunnelPort: number;
}

export interface Numberings {
  readonly services: Numbering;
  readonly realServers: Numbering;
}

const PROTOCOLS: Readonly<Record<Protocol, number>> = { tcp: PROTOCOL_TCP, udp: PROTOCOL_UDP, sctp: PROTOCOL_SCTP };
const METHODS: Readonly<Record<ForwardingMethod, number>> = {
  masquerading: METHOD_MASQUERADING,
  "direct-routing": METHOD_DIRECT_ROUTING,
  tunneling: METHOD_TUNNELING,
};

const TUNNELS: Readonly<Record<Tunnel["kind"], number>> = { ipip: TUNNEL_IPIP, gue: TUNNEL_GUE, gre: TUNNEL_GRE };

export function planTables(state: WantedState, numberings: Numberings): TableContents {
  const contents = { services: [], serviceTable: [], rotation: [], realServers: [] } as {
    -readonly [Table in keyof TableContents]: TableContents[Table][number][];
  };
  for (const service of state.services) {
    const number = numberings.services.numberOf(serviceName(service));
    const { words, family } = addressWords(service.address);
    contents.services.push([
      { address: words, port: rawPort(service.port), protocol: PROTOCOLS[service.protocol], family },
      number,
    ]);
    const eligible = service.realServers.filter((server) => server.weight > 0);
    contents.serviceTable.push([number, { first: contents.rotation.length, places: eligible.length }]);
    for (const server of service.realServers) {
      const serverNumber = numberings.realServers.numberOf(realServerName(service, server));
      contents.realServers.push([serverNumber, realServerEntry(server, number)]);
      if (eligible.includes(server)) contents.rotation.push([contents.rotation.length, serverNumber]);
    }
  }
  return contents;
}

function realServerEntry(server: RealServer, service: number): RealServerEntry {
  const { words, family } = addressWords(server.address);
  const { tunnel = { kind: "ipip" } } = server;
  return {
    ...{ address: words, port: rawPort(server.port), family, method: METHODS[server.method], service },
    tunnel: TUNNELS[tunnel.kind],
    tunnelChecksum: tunnel.kind !== "ipip" && tunnel.checksum ? 1 : 0,
    tunnelPort: tunnel.kind === "gue" ? rawPort(tunnel.port) : 0,
  };
}

export function serviceName({ protocol, address, port }: VirtualService): string {
  return `${protocol} ${address} ${port}`;
}

export function realServerName(service: VirtualService, { address, port }: RealServer): string {
  return `${serviceName(service)} ${address} ${port}`;
}
