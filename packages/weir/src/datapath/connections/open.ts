/**
 * Opening a connection: a number, an entry, and its one or two places in the index.
 */
import { atomicAdd, atomicFetchAdd, type Ref, type u32 } from "@weir/ebpf";
import { features } from "../features.ts";
import { Flow, FlowHash, type Headers } from "../flow.ts";
import { METHOD_MASQUERADING, type RealServer, serverLoad } from "../tables.ts";
import {
  CONNECTION_IN_USE,
  CONNECTION_NO_OUTPUT,
  type Connection,
  ConnectionNumber,
  connections,
  recycled,
  unused,
} from "./connection.ts";
import { findNumber } from "./find.ts";
import { hashFlow } from "./flow-hash.ts";
import { enterIndex, leaveIndex } from "./flow-index.ts";

/** A number for a new connection, or 0 when all are in use. */
function takeNumber(): u32 {
  const again = ConnectionNumber.make({});
  if (recycled.pop(again) === 0) return again.number;
  const counter = unused.ref();
  if (counter.next >= features.maxConnections - 1) return 0;
  const number = (atomicFetchAdd(counter, "next", 1) + 1) >>> 0;
  return number < features.maxConnections ? number : 0;
}

function giveBack(number: u32): void {
  recycled.push(ConnectionNumber.make({ number }));
}

/**
 * Makes a connection from the packet's flow to a real server and enters it into the index. Its state machine has not run.
 *
 * @returns null when the table or the flow's buckets are full, or the tag of one of its flows is taken
 */
export function openConnection(
  headers: Ref<typeof Headers>,
  service: u32,
  realServer: u32,
  server: Ref<typeof RealServer>,
): Ref<typeof Connection> | null {
  const number = takeNumber();
  if (number === 0) return null;
  const connection = connections.lookup(number);
  if (connection === null) return null;
  fill(connection, headers, service, realServer, server);
  if (!enter(connection, number, headers)) {
    connection.flags = 0;
    giveBack(number);
    return null;
  }
  countAtServer(realServer);
  headers.number = number;
  return connection;
}

function countAtServer(realServer: u32): void {
  const load = serverLoad.lookup(realServer);
  if (load !== null) atomicAdd(load, "total", 1);
}

function fill(
  connection: Ref<typeof Connection>,
  headers: Ref<typeof Headers>,
  service: u32,
  realServer: u32,
  server: Ref<typeof RealServer>,
): void {
  connection.client = headers.flow.source;
  connection.virtual = headers.flow.destination;
  connection.server = server.address;
  connection.local = headers.flow.source;
  connection.clientPort = headers.flow.sourcePort;
  connection.virtualPort = headers.flow.destinationPort;
  // A real server without a port of its own is reached at the one that the client asked for.
  connection.serverPort = server.port !== 0 ? server.port : headers.flow.destinationPort;
  connection.localPort = headers.flow.sourcePort;
  connection.protocol = headers.flow.protocol;
  connection.family = headers.flow.family;
  connection.method = server.method;
  connection.state = 0;
  connection.service = service;
  connection.realServer = realServer;
  connection.packetsIn = 0;
  connection.inBucket = headers.hash.bucket;
  connection.inTag = headers.hash.tag;
  connection.outBucket = 0;
  connection.outTag = 0;
  connection.isActive = 0;
  connection.flags =
    connection.method === METHOD_MASQUERADING ? CONNECTION_IN_USE : CONNECTION_IN_USE | CONNECTION_NO_OUTPUT;
}

/** Replies are entered first: a packet from the client must not find a connection whose replies would be strangers. */
function enter(connection: Ref<typeof Connection>, number: u32, headers: Ref<typeof Headers>): boolean {
  if (connection.method === METHOD_MASQUERADING && !enterReplies(connection, number)) return false;
  if (
    findNumber(headers.hash.bucket, headers.hash.tag) === 0 &&
    enterIndex(headers.hash.bucket, headers.hash.tag, number)
  )
    return true;
  if (connection.outTag !== 0) leaveIndex(connection.outBucket, connection.outTag, number);
  return false;
}

function enterReplies(connection: Ref<typeof Connection>, number: u32): boolean {
  const reply = Flow.make({
    source: connection.server,
    destination: connection.local,
    sourcePort: connection.serverPort,
    destinationPort: connection.localPort,
    protocol: connection.protocol,
    family: connection.family,
  });
  const hash = FlowHash.make({});
  hashFlow(reply, hash);
  if (findNumber(hash.bucket, hash.tag) !== 0 || !enterIndex(hash.bucket, hash.tag, number)) return false;
  connection.outBucket = hash.bucket;
  connection.outTag = hash.tag;
  return true;
}
