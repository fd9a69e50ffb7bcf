/**
 * sk_msg: bytes that a local program sends through a socket of a sockMap.
 */
import type { SockHash, SockMap } from "../map/socket.ts";
import type { ArgOf, KeyKind } from "../reference.ts";
import type { Packet } from "./packet.ts";

export interface SkMsg extends Packet {
  /** All bytes of the message; `length` counts those that `at` reaches. */
  readonly size: number;
  /** Sends the message out of the socket under a key, or with `BPF_F_INGRESS` into its receive queue. SK_PASS, or SK_DROP when there is none. */
  redirectMap(map: SockMap, key: number, flags: number): number;
  redirectHash<K extends KeyKind>(map: SockHash<K>, key: ArgOf<K>, flags: number): number;
  /** The verdict holds for this many bytes and the program runs again after them. Always 0. */
  applyBytes(bytes: number): number;
  /** Wait for this many bytes before the program runs again. Always 0. */
  corkBytes(bytes: number): number;
  /** Makes bytes `start` to `end` reachable from offset 0. 0, or -22 (EINVAL) beyond the end or for flags. Moves the packet. */
  pullData(start: number, end: number, flags?: number): number;
}
