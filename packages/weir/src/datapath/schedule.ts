/**
 * Scheduling: a packet without a connection gets a real server, if it opens one to a virtual service.
 */
import { atomicFetchAdd, type Packet, type Ref, type u32 } from "@weir/ebpf";
import { PROTOCOL_SCTP, PROTOCOL_TCP } from "../wire/protocol.ts";
import { TCP_RST, TCP_SYN } from "../wire/tcp.ts";
import { countConnection } from "./account.ts";
import type { Connection } from "./connections/connection.ts";
import { openConnection } from "./connections/open.ts";
import { features } from "./features.ts";
import type { Headers } from "./flow.ts";
import { OUTCOME_NO_CONNECTION, OUTCOME_NO_REAL_SERVER, OUTCOME_NOT_OURS, OUTCOME_TABLE_FULL } from "./outcomes.ts";
import { opensAssociation } from "./states/sctp.ts";
import { realServers, rotation, type Service, ServiceKey, services, serviceTable } from "./tables.ts";

/** FTP's data port, 20, as it lies in a packet: the kernel's IPVS leaves what comes from it to the host. */
const FTP_DATA = 0x1400;

/** The connection that was made, or null when none is to be: `headers.outcome` says why. */
export function schedule(ctx: Packet, headers: Ref<typeof Headers>): Ref<typeof Connection> | null {
  const key = ServiceKey.make({
    address: headers.flow.destination,
    port: headers.flow.destinationPort,
    protocol: headers.flow.protocol,
    family: headers.flow.family,
  });
  headers.outcome = OUTCOME_NOT_OURS;
  const found = services.lookup(key);
  if (found === null) return null;
  headers.outcome = OUTCOME_NO_CONNECTION;
  if (headers.flow.sourcePort === FTP_DATA || !opensConnection(ctx, headers)) return null;
  headers.outcome = OUTCOME_NO_REAL_SERVER;
  const service = serviceTable.lookup(found.value);
  if (service === null || service.places === 0) return null;
  const place = rotation.lookup(nextPlace(service));
  if (place === null) return null;
  const server = realServers.lookup(place.value);
  if (server === null) return null;
  headers.outcome = OUTCOME_TABLE_FULL;
  const connection = openConnection(headers, found.value, place.value, server);
  if (connection !== null) countConnection(found.value, place.value);
  return connection;
}

/** A packet that can only belong to a connection does not make one: the host answers it. */
function opensConnection(ctx: Packet, headers: Ref<typeof Headers>): boolean {
  if (headers.flow.protocol === PROTOCOL_TCP) {
    if ((headers.tcpFlags & TCP_RST) !== 0) return false;
    return features.sloppyTcp || (headers.tcpFlags & TCP_SYN) !== 0;
  }
  if (features.sctp && headers.flow.protocol === PROTOCOL_SCTP) return opensAssociation(ctx, headers.transport);
  return true;
}

/** Round robin: every CPU takes the next place. */
function nextPlace(service: Ref<typeof Service>): u32 {
  const places = service.places;
  if (places === 0) return 0;
  return (service.first + (atomicFetchAdd(service, "cursor", 1) % places)) >>> 0;
}
