/** A client, the proxy and an echo server on this machine, and bytes on their way through them. */
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";
import { type Splicer, serveOne } from "./proxy.ts";

export interface Exchanged {
  /** What came back to the client. */
  readonly echo: Uint8Array;
  /** Bytes that the proxy has read: from the client, and from the server. */
  readonly readByProxy: { readonly client: number; readonly server: number };
}

/** Sends bytes through the proxy to an echo server and waits until all of them are back. */
export async function exchange(bytes: Uint8Array, splicer: Splicer | null): Promise<Exchanged> {
  const echoServer = createServer((socket) => socket.pipe(socket));
  const listener = createServer({ pauseOnConnect: true });
  const client = new Socket();
  try {
    const [echoPort, port] = await Promise.all([listen(echoServer), listen(listener)]);
    const served = serveOne(listener, echoPort, splicer);
    client.connect(port, "127.0.0.1");
    const pair = await served;
    client.write(bytes);
    const echo = await read(client, bytes.length);
    const readByProxy = { client: pair.client.bytesRead, server: pair.server.bytesRead };
    return { echo, readByProxy };
  } finally {
    // The end of the client's connection ends the others, one after the other.
    client.destroy();
    listener.close();
    echoServer.close();
  }
}

async function read(socket: Socket, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of socket) {
    bytes.set(chunk, filled);
    filled += chunk.length;
    if (filled === length) return bytes;
  }
  throw new Error(`The connection ended after ${filled} of ${length} bytes.`);
}

/** @returns the port */
async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port once it listens.");
  return address.port;
}
