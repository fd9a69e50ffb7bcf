/**
 * What comes out of a run.
 */
import type { ClonedPacket } from "./context/skb-packet.ts";
import type { SocketRedirection } from "./context/socket-redirection.ts";
import type { Redirection } from "./redirection.ts";

/** Of a run on a packet. */
export interface PacketResult {
  /** The program's return value. */
  readonly verdict: number;
  /** A copy of the packet as the program left it. */
  readonly packet: Uint8Array;
  /** What `redirect` asked for; it counts only with the verdict XDP_REDIRECT or TCX_REDIRECT. */
  readonly redirect: Redirection | null;
}

/** Of a run at tcx. */
export interface SkbResult extends PacketResult {
  readonly mark: number;
  readonly priority: number;
  /** What `cloneRedirect` sent out, in order. */
  readonly clones: readonly ClonedPacket[];
}

/** Of a run on bytes that arrived at a socket. */
export interface StreamResult {
  readonly verdict: number;
  readonly packet: Uint8Array;
  /** The socket the bytes go to; it counts only with SK_PASS. */
  readonly redirect: SocketRedirection | null;
}

/** Of a run on bytes that a program sends. */
export interface MessageResult extends StreamResult {
  /** What `applyBytes` and `corkBytes` asked for; 0 when they were not called. */
  readonly applied: number;
  readonly corked: number;
}
