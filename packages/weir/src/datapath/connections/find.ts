/**
 * Finding the connection that a packet belongs to, whichever way it goes.
 */
import type { Ref, u32 } from "@weir/ebpf";
import { AF_INET } from "../../wire/protocol.ts";
import { DIRECTION_IN, DIRECTION_OUT, type Headers } from "../flow.ts";
import { type Connection, connections } from "./connection.ts";
import { hashFlow, otherBucket } from "./flow-hash.ts";
import { findInBucket } from "./flow-index.ts";

/**
 * The connection's number, or 0. Sets the packet's direction. A number that turns out to stand for another flow with the same tag is
 * none: such a flow is never entered a second time (see `openConnection`).
 */
export function findConnection(headers: Ref<typeof Headers>): Ref<typeof Connection> | null {
  hashFlow(headers.flow, headers.hash);
  const number = findNumber(headers.hash.bucket, headers.hash.tag);
  if (number === 0) return null;
  const connection = connections.lookup(number);
  if (connection === null) return null;
  headers.number = number;
  if (isInbound(headers, connection)) {
    headers.direction = DIRECTION_IN;
    return connection;
  }
  if (isOutbound(headers, connection)) {
    headers.direction = DIRECTION_OUT;
    return connection;
  }
  return null;
}

/** The number under a tag in either of its buckets, or 0. */
export function findNumber(bucket: u32, tag: u32): u32 {
  const number = findInBucket(bucket, tag);
  return number !== 0 ? number : findInBucket(otherBucket(bucket, tag), tag);
}

function isInbound(headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): boolean {
  const flow = headers.flow;
  if (flow.sourcePort !== connection.clientPort || flow.destinationPort !== connection.virtualPort) return false;
  if (flow.protocol !== connection.protocol || flow.family !== connection.family) return false;
  if (flow.family === AF_INET) {
    return flow.source.get(0) === connection.client.get(0) && flow.destination.get(0) === connection.virtual.get(0);
  }
  return flow.source.equals(connection.client) && flow.destination.equals(connection.virtual);
}

function isOutbound(headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): boolean {
  const flow = headers.flow;
  if (flow.sourcePort !== connection.serverPort || flow.destinationPort !== connection.localPort) return false;
  if (flow.protocol !== connection.protocol || flow.family !== connection.family) return false;
  if (flow.family === AF_INET) {
    return flow.source.get(0) === connection.server.get(0) && flow.destination.get(0) === connection.local.get(0);
  }
  return flow.source.equals(connection.server) && flow.destination.equals(connection.local);
}
