/**
 * One function for two hooks: which context it was handed is known when the program is compiled, and the branches of the other hook
 * vanish.
 */
import type { Packet } from "./packet.ts";
import type { Skb } from "./skb.ts";
import type { Xdp } from "./xdp.ts";

/** True in an XDP program. */
export function isXdp(ctx: Packet): ctx is Xdp {
  return "adjustHead" in ctx;
}

/** True in a tcx program. */
export function isSkb(ctx: Packet): ctx is Skb {
  return "gsoSegs" in ctx;
}
