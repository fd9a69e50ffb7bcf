/**
 * sk_skb: bytes that arrive at a socket of a sockMap, parsed into messages and redirected to another socket.
 */
import type { SockHash, SockMap } from "../map/socket.ts";
import type { ArgOf, KeyKind } from "../reference.ts";
import type { Packet } from "./packet.ts";

/**
 * The stream parser: finds where the first message ends. It returns the message's length, 0 to ask for more bytes, or a
 * negative errno to break the connection off.
 */
export interface SkSkbParser extends Packet {
  /** Makes the first `length` bytes reachable. 0, or -12 (ENOMEM) beyond the end. Moves the packet. */
  pullData(length: number): number;
}

/** The stream verdict: says where a message goes, SK_PASS or SK_DROP. */
export interface SkSkbVerdict extends Packet {
  /** Makes the first `length` bytes reachable. 0, or -12 (ENOMEM) beyond the end. Moves the packet. */
  pullData(length: number): number;
  /** Sends the message out of the socket under a key, or with `BPF_F_INGRESS` into its receive queue. SK_PASS, or SK_DROP when there is none. */
  redirectMap(map: SockMap, key: number, flags: number): number;
  redirectHash<K extends KeyKind>(map: SockHash<K>, key: ArgOf<K>, flags: number): number;
}

export const SK_DROP = 0;
export const SK_PASS = 1;
