/** A real UDP exchange between two namespaces: a process in each, with sockets of the network stack. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { NetworkNamespace } from "@weir/linux";

/**
 * Sends a text to an echo server and gives back what it answers.
 *
 * @param address the server's, which its namespace has
 * @throws Error when no answer comes within 20 seconds
 */
export async function udpEcho(
  client: NetworkNamespace,
  server: NetworkNamespace,
  address: string,
  text: string,
): Promise<string> {
  using serving = new Script(server, SERVER);
  await serving.line();
  using asking = new Script(client, CLIENT, address, text);
  return await asking.line();
}

const SERVER = `
  const socket = require("node:dgram").createSocket("udp4");
  socket.on("message", (message, { port, address }) => socket.send(message, port, address));
  socket.bind(7, () => console.log("ready"));`;

const CLIENT = `
  const [address, text] = process.argv.slice(1);
  const socket = require("node:dgram").createSocket("udp4");
  socket.on("message", (message) => { console.log(message.toString()); process.exit(); });
  const ask = () => socket.send(text, 7, address);
  ask();
  setInterval(ask, 1000);
  setTimeout(() => { console.log("no answer"); process.exit(); }, 20_000);`;

/** A script that runs in a namespace until it is disposed of. */
class Script implements Disposable {
  readonly #process;
  readonly #lines;

  constructor(namespace: NetworkNamespace, text: string, ...args: readonly string[]) {
    this.#process = namespace.spawn(process.execPath, ["-e", text, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    if (this.#process.stdout === null) throw new Error("A process was started without the pipe it was to have.");
    this.#lines = createInterface({ input: this.#process.stdout });
  }

  async line(): Promise<string> {
    const [line] = await once(this.#lines, "line");
    return String(line);
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}
