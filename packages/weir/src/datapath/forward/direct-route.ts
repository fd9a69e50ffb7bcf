/**
 * Direct routing: the real server has the VIP, too, and gets the packet as it is but for the hop limit.
 */
import {
  BPF_FIB_LKUP_RET_FRAG_NEEDED,
  BPF_FIB_LKUP_RET_SUCCESS,
  FibLookup,
  type Ref,
  type u8,
  type Xdp,
} from "@weir/ebpf";
import type { Connection } from "../connections/connection.ts";
import type { Headers } from "../flow.ts";
import { outcomeOf, sendBy } from "./next-hop.ts";
import { askRoute } from "./route.ts";
import { tooBig } from "./too-big.ts";

/** @returns the outcome */
export function routeDirectly(ctx: Xdp, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u8 {
  const way = FibLookup.make({ destinationAddress: connection.server });
  const answer = askRoute(ctx, headers, way);
  if (answer === BPF_FIB_LKUP_RET_SUCCESS) return sendBy(ctx, headers, way);
  return answer === BPF_FIB_LKUP_RET_FRAG_NEEDED ? tooBig(ctx, headers, way.totalLength) : outcomeOf(answer);
}
