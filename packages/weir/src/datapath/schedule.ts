/**
 * Scheduling: a packet without a connection gets a real server, if it opens one to a virtual service.
 */
import { atomicFetchAdd, type Ref, type u32 } from "@weir/ebpf";
import { PROTOCOL_TCP } from "../wire/protocol.ts";
import { TCP_RST, TCP_SYN } from "../wire/tcp.ts";
import { count, countConnection } from "./account.ts";
import type { Connection } from "./connections/connection.ts";
import { openConnection } from "./connections/open.ts";
import type { Headers } from "./flow.ts";
import {
  OUTCOME_NO_CONNECTION,
  OUTCOME_NO_REAL_SERVER,
  OUTCOME_NOT_OURS,
  OUTCOME_TABLE_FULL,
  realServers,
  rotation,
  type Service,
  ServiceKey,
  services,
  serviceTable,
} from "./tables.ts";

/** The connection that was made, or null when none is to be: the outcome has been counted. */
export function schedule(headers: Ref<typeof Headers>): Ref<typeof Connection> | null {
  const key = ServiceKey.make({
    address: headers.flow.destination,
    port: headers.flow.destinationPort,
    protocol: headers.flow.protocol,
    family: headers.flow.family,
  });
  const found = services.lookup(key);
  if (found === null) {
    count(OUTCOME_NOT_OURS);
    return null;
  }
  if (!opensConnection(headers)) {
    count(OUTCOME_NO_CONNECTION);
    return null;
  }
  const service = serviceTable.lookup(found.value);
  if (service === null) return null;
  const place = rotation.lookup(nextPlace(service));
  const server = place === null ? null : realServers.lookup(place.value);
  if (place === null || server === null || service.places === 0) {
    count(OUTCOME_NO_REAL_SERVER);
    return null;
  }
  const connection = openConnection(headers, found.value, place.value, server);
  if (connection === null) {
    count(OUTCOME_TABLE_FULL);
    return null;
  }
  countConnection(found.value, place.value);
  return connection;
}

/** A segment that can only belong to a connection does not make one: the host answers it. */
function opensConnection(headers: Ref<typeof Headers>): boolean {
  if (headers.flow.protocol !== PROTOCOL_TCP) return true;
  return (headers.tcpFlags & (TCP_SYN | TCP_RST)) === TCP_SYN;
}

/** Round robin: every CPU takes the next place. */
function nextPlace(service: Ref<typeof Service>): u32 {
  const places = service.places;
  if (places === 0) return 0;
  return (service.first + (atomicFetchAdd(service, "cursor", 1) % places)) >>> 0;
}
