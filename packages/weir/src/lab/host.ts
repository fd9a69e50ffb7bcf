/**
 * Hosts of a lab: network namespaces with interfaces, addresses, routes and programs, gone when the lab is.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  addressAdd,
  interfaceAdd,
  interfaceGet,
  interfaceSet,
  type NetworkNamespace,
  namespaceCreate,
  namespaceRemove,
  RouteSocket,
  routeAdd,
} from "@weir/linux";

export class Host {
  readonly name: string;
  readonly namespace: NetworkNamespace;
  readonly #full: string;
  readonly #routes: RouteSocket;
  readonly #programs: ChildProcess[] = [];

  /** @param lab a prefix that no other lab of this machine has */
  constructor(lab: string, name: string) {
    this.name = name;
    this.#full = `${lab}-${name}`;
    this.namespace = namespaceCreate(this.#full);
    this.#routes = this.namespace.enter(() => new RouteSocket());
    interfaceSet(this.#routes, this.ifindexOf("lo"), { isUp: true });
  }

  ifindexOf(name: string): number {
    const found = interfaceGet(this.#routes, name);
    if (found === undefined) throw new Error(`host ${this.name} has no interface ${name}`);
    return found.ifindex;
  }

  /** A cable: one end here, one there. */
  connect(name: string, other: Host, otherName: string): void {
    const peer = { name: otherName, namespace: other.namespace.fd };
    interfaceAdd(this.#routes, { kind: "veth", name, isUp: true, peer });
    interfaceSet(other.#routes, other.ifindexOf(otherName), { isUp: true });
  }

  /** A switch inside this host, with some of its interfaces as ports. */
  bridge(name: string, ports: readonly string[]): void {
    interfaceAdd(this.#routes, { kind: "bridge", name, isUp: true });
    const master = this.ifindexOf(name);
    for (const port of ports) interfaceSet(this.#routes, this.ifindexOf(port), { master });
  }

  /** @param cidr "192.0.2.1/24" */
  address(name: string, cidr: string): void {
    const [address = "", prefix = ""] = cidr.split("/");
    addressAdd(this.#routes, { ifindex: this.ifindexOf(name), address, prefixLength: Number(prefix) });
  }

  defaultRoute(via: string): void {
    routeAdd(this.#routes, { destination: "0.0.0.0", prefixLength: 0, nextHops: [{ gateway: via }] });
  }

  /** Runs a program to its end and gives what it printed. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const child = this.namespace.spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const output = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const [code] = (await once(child, "close")) as [number | null];
    const [stdout, stderr] = await output;
    if (code === 0) return stdout;
    throw new Error(`"${command} ${args.join(" ")}" on ${this.name} ended with ${code}: ${stderr || stdout}`);
  }

  /** Starts a program that runs as long as the lab and prints a line when it is ready. */
  async start(command: string, ...args: readonly string[]): Promise<void> {
    const child = this.namespace.spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#programs.push(child);
    if (child.stdout === null) throw new Error("a program without output");
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => Promise.reject(new Error(`${command} ended at once`))),
    ]);
  }

  close(): void {
    for (const program of this.#programs) program.kill("SIGKILL");
    this.#routes.close();
    this.namespace.close();
    namespaceRemove(this.#full);
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (stream === null) return "";
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
