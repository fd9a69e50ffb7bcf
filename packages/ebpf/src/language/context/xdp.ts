/**
 * XDP: the packet as the driver received it, before the network stack has seen it.
 */
import type { FibLookup } from "../fib-lookup.ts";
import type { Ref } from "../reference.ts";
import type { Packet } from "./packet.ts";

export interface Xdp extends Packet {
  readonly ingressIfindex: number;
  readonly rxQueueIndex: number;
  /**
   * Moves the start of the packet: negative to gain room in front, positive to take headers off. Moves the packet.
   *
   * @returns 0, or -22 (EINVAL) when the headroom does not suffice or fewer than 14 bytes would be left
   */
  adjustHead(delta: number): number;
  /**
   * Moves the end of the packet; bytes gained are zero. Moves the packet.
   *
   * @returns 0, or -22 (EINVAL) when the tailroom does not suffice or fewer than 14 bytes would be left
   */
  adjustTail(delta: number): number;
  /** Asks the routing table; `BPF_FIB_LKUP_RET_…` or a negative errno. */
  fibLookup(params: Ref<typeof FibLookup>, flags: number): number;
}

/** Drop the packet and count an error: the tracepoint xdp_exception fires. */
export const XDP_ABORTED = 0;
export const XDP_DROP = 1;
/** Hand the packet to the network stack. */
export const XDP_PASS = 2;
/** Send the packet back out of the interface it came from. */
export const XDP_TX = 3;
/** What `redirect` and `deviceMap.redirect` return. */
export const XDP_REDIRECT = 4;
