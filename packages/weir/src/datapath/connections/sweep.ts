/**
 * The sweep: takes expired connections out of the index and gives their numbers back, a stretch of the table at a time.
 *
 * Runs in the kernel when the director asks for it. A connection leaves in two rounds: in the first it is taken out of the index, in a
 * later one its number is given back. By then every packet that might still have held it has long been forwarded.
 */
import { loop, type Ref, type Syscall, struct, u32 } from "@weir/ebpf";
import { exactTicks, isPast } from "../clock.ts";
import { closeConnection } from "./close.ts";
import {
  CONNECTION_IN_USE,
  CONNECTION_LEAVING,
  CONNECTION_LEFT,
  type Connection,
  ConnectionNumber,
  connections,
  recycled,
} from "./connection.ts";

/** The arguments of a sweep, and what it found. */
export const Sweep = struct({
  size: 24,
  fields: {
    /** First entry to look at, and how many. */
    first: u32,
    entries: u32,
    /** Set by the sweep. */
    inUse: u32,
    expired: u32,
    recycled: u32,
    now: u32,
  },
});

export function sweepConnections(ctx: Syscall<typeof Sweep>): number {
  const state = Sweep.make({ first: ctx.args.first, now: exactTicks() });
  loop(ctx.args.entries, sweepEntry, state);
  ctx.args.inUse = state.inUse;
  ctx.args.expired = state.expired;
  ctx.args.recycled = state.recycled;
  return 0;
}

function sweepEntry(index: u32, state: Ref<typeof Sweep>): 0 | 1 {
  const number = (state.first + index) >>> 0;
  const connection = connections.lookup(number);
  if (connection === null) return 1;
  if ((connection.flags & CONNECTION_LEFT) !== 0) {
    connection.flags = 0;
    if (recycled.push(ConnectionNumber.make({ number })) === 0) state.recycled = (state.recycled + 1) >>> 0;
  } else if ((connection.flags & CONNECTION_LEAVING) !== 0) {
    connection.flags = CONNECTION_LEFT;
  } else if ((connection.flags & CONNECTION_IN_USE) !== 0) {
    sweepUsed(connection, number, state);
  }
  return 0;
}

function sweepUsed(connection: Ref<typeof Connection>, number: u32, state: Ref<typeof Sweep>): void {
  if (!isPast(connection.expires, state.now)) state.inUse = (state.inUse + 1) >>> 0;
  else if (closeConnection(connection, number)) {
    connection.flags = CONNECTION_LEFT;
    state.expired = (state.expired + 1) >>> 0;
  }
}
