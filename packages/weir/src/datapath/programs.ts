/**
 * The programs of the packet path: what is loaded into the kernel, and at which hook.
 */
import type { Syscall, Xdp } from "@weir/ebpf";
import { type Sweep, sweepConnections } from "./connections/sweep.ts";
import { handlePacket } from "./path.ts";

/** Every packet that arrives at an interface of the director. */
export function director(ctx: Xdp): number {
  return handlePacket(ctx);
}

/** Run by the director, some thousand entries at a time. */
export function sweep(ctx: Syscall<typeof Sweep>): number {
  return sweepConnections(ctx);
}
