/**
 * Closing a connection: out of the index and off its real server's counts. Whoever comes first does it, a CPU or the sweep.
 */
import { atomicAdd, atomicCompareExchange, atomicExchange, noinline, type Ref, type u32 } from "@weir/ebpf";
import { serverLoad } from "../tables.ts";
import { CONNECTION_IN_USE, CONNECTION_LEAVING, type Connection } from "./connection.ts";
import { leaveIndex } from "./flow-index.ts";

/** True when it was us who closed it. The sweep gives its number back when no CPU can still hold it. */
export const closeConnection = noinline((connection: Ref<typeof Connection>, number: u32): boolean => {
  const flags = connection.flags;
  if ((flags & CONNECTION_IN_USE) === 0) return false;
  if (atomicCompareExchange(connection, "flags", flags, CONNECTION_LEAVING) !== flags) return false;
  leaveIndex(connection.inBucket, connection.inTag, number);
  if (connection.outTag !== 0) leaveIndex(connection.outBucket, connection.outTag, number);
  leaveServer(connection);
  return true;
});

function leaveServer(connection: Ref<typeof Connection>): void {
  const load = serverLoad.lookup(connection.realServer);
  if (load === null) return;
  atomicAdd(load, "total", MINUS_ONE);
  if (atomicExchange(connection, "isActive", 0) === 1) atomicAdd(load, "active", MINUS_ONE);
}

/** What takes one off a u32. */
const MINUS_ONE = 0xffffffff;
