/**
 * sk_lookup: chooses the listening socket for a new connection or datagram, in place of the kernel's table.
 */
import type { raw32 } from "../integer.ts";
import type { SockHash, SockMap } from "../map/socket.ts";
import type { ArgOf, KeyKind, Vector } from "../reference.ts";

export interface SkLookup {
  /** AF_INET 2 or AF_INET6 10. */
  readonly family: number;
  /** IPPROTO_TCP 6 or IPPROTO_UDP 17. */
  readonly protocol: number;
  /** The peer's IPv4 address as a raw word. */
  readonly remoteIp4: number;
  /** The peer's port, host order. */
  readonly remotePort: number;
  readonly localIp4: number;
  /** The port asked for, host order. */
  readonly localPort: number;
  readonly remoteIp6: Vector<typeof raw32, 4>;
  readonly localIp6: Vector<typeof raw32, 4>;
  readonly ingressIfindex: number;
  /**
   * Looks a socket up in a map and gives it the connection.
   *
   * @param flags 0, `BPF_SK_LOOKUP_F_REPLACE`, `BPF_SK_LOOKUP_F_NO_REUSEPORT`
   * @returns 0; -2 (ENOENT) when the map has no such socket; -17 (EEXIST) when one was chosen before;
   *   -22 (EINVAL) for other flags; -91 (EPROTOTYPE) or -97 (EAFNOSUPPORT) when protocol or family do not fit
   */
  assignFrom(map: SockMap, key: number, flags?: number): number;
  assignFrom<K extends KeyKind>(map: SockHash<K>, key: ArgOf<K>, flags?: number): number;
}

export const BPF_SK_LOOKUP_F_REPLACE = 1;
export const BPF_SK_LOOKUP_F_NO_REUSEPORT = 2;
