/**
 * The question to the kernel's routing table.
 */
import type { FibLookup, Ref, Xdp } from "@weir/ebpf";
import type { Headers } from "../flow.ts";

/**
 * Asks for the way to `way.destinationAddress`, for a packet as long as this one.
 *
 * @returns `BPF_FIB_LKUP_RET_…` or a negative errno; `way` has the answer
 */
export function askRoute(ctx: Xdp, headers: Ref<typeof Headers>, way: Ref<typeof FibLookup>): number {
  way.family = headers.flow.family;
  way.l4Protocol = headers.flow.protocol;
  way.totalLength = headers.length;
  way.ifindex = ctx.ingressIfindex;
  way.sourceAddress = headers.flow.source;
  return ctx.fibLookup(way, 0);
}
