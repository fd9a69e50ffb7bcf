/**
 * Packets that are too big for the way to the real server.
 */
import type { Ref, u8, u16, Xdp } from "@weir/ebpf";
import type { Headers } from "../flow.ts";
import { OUTCOME_TOO_BIG } from "../outcomes.ts";
import { decreaseHopLimit } from "./hop-limit.ts";

/**
 * @param limit bytes of the longest packet that would get through
 * @returns the outcome: the sender is told
 */
export function tooBig(ctx: Xdp, headers: Ref<typeof Headers>, limit: u16): u8 {
  // The kernel compares sizes behind the place where it takes one off, and the packet that it quotes shows it.
  decreaseHopLimit(ctx, headers);
  headers.limit = limit;
  return OUTCOME_TOO_BIG;
}
