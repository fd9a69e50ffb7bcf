/**
 * Masquerading (NAT): the receiver becomes the real server, and in replies the sender becomes the virtual service again.
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
import { DIRECTION_OUT, type Headers } from "../flow.ts";
import {
  OUTCOME_LEFT_TO_HOST,
  OUTCOME_LOCAL,
  OUTCOME_MALFORMED,
  OUTCOME_REPLY_REFUSED,
  OUTCOME_UNREACHABLE,
} from "../outcomes.ts";
import { outcomeOf, sendBy } from "./next-hop.ts";
import { askRoute } from "./route.ts";
import { tooBig } from "./too-big.ts";
import { translate } from "./translate.ts";

/** @returns the outcome */
export function masquerade(ctx: Xdp, headers: Ref<typeof Headers>, connection: Ref<typeof Connection>): u8 {
  const isReply = headers.direction === DIRECTION_OUT;
  const way = FibLookup.make({ destinationAddress: connection.server });
  if (isReply) way.destinationAddress = headers.flow.destination;
  const answer = askRoute(ctx, headers, way);
  const isRefused = answer === BPF_FIB_LKUP_RET_FRAG_NEEDED && headers.dontFragment !== 0;
  if (isReply) {
    // The host forwards what came from a real server, and so finds out itself why it cannot.
    if (isRefused || headers.ttl <= 1) return OUTCOME_REPLY_REFUSED;
  } else {
    if (isRefused) return tooBig(ctx, headers, way.totalLength);
    if (outcomeOf(answer) === OUTCOME_UNREACHABLE) return OUTCOME_UNREACHABLE;
  }
  if (!translate(ctx, headers, connection)) return OUTCOME_MALFORMED;
  if (answer === BPF_FIB_LKUP_RET_SUCCESS) return sendBy(ctx, headers, way);
  // Now it is an ordinary packet for the host, which asks for the neighbour or cuts it into fragments.
  return outcomeOf(answer) === OUTCOME_LOCAL ? OUTCOME_LOCAL : OUTCOME_LEFT_TO_HOST;
}
