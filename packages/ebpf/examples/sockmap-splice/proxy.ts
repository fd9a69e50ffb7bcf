/** A TCP proxy for one client, as everybody writes it: two pipes. A splicer may carry the bytes past them. */
import { once } from "node:events";
import { connect, type Server, Socket } from "node:net";
import { pipeline } from "node:stream";

/** The two connections of the proxy. */
export interface Pair {
  /** The one that a client made to us. */
  readonly client: Socket;
  /** The one that we made to the server for it. */
  readonly server: Socket;
}

/** Joins two connections elsewhere than in Node. What it leaves to their owner goes through the pipes. */
export interface Splicer {
  join(pair: Pair): void;
}

/**
 * Waits for a client and connects it with the server.
 *
 * What the client or the server said before they were joined goes through the pipes. Should one of them go on talking
 * meanwhile, the splicer may overtake the pipes: a real proxy reads the sockets empty first.
 *
 * @param listener made with `pauseOnConnect`
 * @param port of the server on this machine
 */
export async function serveOne(listener: Server, port: number, splicer: Splicer | null): Promise<Pair> {
  const [client]: unknown[] = await once(listener, "connection");
  if (!(client instanceof Socket)) throw new Error("A connection of a server of node:net is a socket of node:net.");
  const server = connect({ port, host: "127.0.0.1" }).pause();
  await once(server, "connect");
  splicer?.join({ client, server });
  // However one of the two connections ends, the other one ends too.
  const ended = () => {};
  pipeline(client, server, ended);
  pipeline(server, client, ended);
  return { client, server };
}

/** The number of a socket's descriptor, which Node keeps to itself but shows. */
export function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  if (typeof fd === "number" && fd >= 0) return fd;
  throw new Error(
    `Cannot splice a socket that has no descriptor: it is ${socket.readyState}. Splice open connections.`,
  );
}
