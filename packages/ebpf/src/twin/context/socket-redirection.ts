/**
 * Where bytes of a socket go: to a socket of a map.
 */
import { keyArgument } from "../../language/map/argument.ts";
import type { SockHash, SockMap } from "../../language/map/socket.ts";
import type { Argument } from "../../language/reference.ts";
import type { SocketsTable, TwinSocket } from "../map/sockets-table.ts";

/** Finds the table of a socket map: the machine. */
export interface SocketFinder {
  openSockets(map: SockMap | SockHash): SocketsTable;
}

export interface SocketRedirection {
  readonly socket: TwinSocket;
  /** True when the bytes go into the socket's receive queue, false when they leave through it. */
  readonly isIngress: boolean;
}

/** The socket under a key, or `null`. */
export function findSocket(finder: SocketFinder, map: SockMap | SockHash, key: Argument): TwinSocket | null {
  return finder.openSockets(map).sockets.get(keyArgument(map.key)(key));
}

export function redirectionTo(
  finder: SocketFinder,
  map: SockMap | SockHash,
  key: Argument,
  flags: number,
): SocketRedirection | null {
  const socket = findSocket(finder, map, key);
  return socket === null ? null : { socket, isIngress: flags !== 0 };
}
