/**
 * The lab of the walk-through: a client's network and a network of real servers, the director between them.
 *
 *     client 10.1.1.10 ── c0 … d0 10.1.1.1, VIP 10.1.1.200
 *                                 director
 *                              d1 192.168.1.1 … switch ── 192.168.1.100, .101, …
 */
import { sysctlWrite } from "@weir/linux";
import { Host } from "./host.ts";

export const VIP = "10.1.1.200";

export interface NatLab extends Disposable {
  readonly client: Host;
  readonly director: Host;
  readonly realServers: readonly { readonly host: Host; readonly address: string }[];
}

/** Real servers answer HTTP on port 80 with their name. Needs root, ethtool and the right to make namespaces. */
export async function openNatLab(realServers: number): Promise<NatLab> {
  const prefix = `weir-lab-${process.pid}`;
  const hosts: Host[] = [];
  const add = (name: string): Host => {
    const host = new Host(prefix, name);
    hosts.push(host);
    return host;
  };
  const close = (): void => {
    for (const host of hosts) host.close();
  };
  try {
    const [client, director, network] = [add("client"), add("director"), add("switch")];
    client.connect("c0", director, "d0");
    director.connect("d1", network, "p0");
    client.address("c0", "10.1.1.10/24");
    director.address("d0", "10.1.1.1/24");
    director.address("d0", `${VIP}/32`);
    director.address("d1", "192.168.1.1/24");
    client.defaultRoute("10.1.1.1");
    sysctlWrite("net.ipv4.ip_forward", 1, director.namespace);
    const servers = [];
    for (let number = 0; number < realServers; number++) servers.push(await addRealServer(add, network, number));
    network.bridge("br0", ["p0", ...servers.map((_, number) => `p${number + 1}`)]);
    // XDP sees frames: their checksums must be complete, and a redirected frame needs a receiver that polls (GRO switches that on).
    await client.run("ethtool", "-K", "c0", "tx", "off", "gro", "on");
    await network.run("ethtool", "-K", "p0", "gro", "on");
    return { client, director, realServers: servers, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

async function addRealServer(add: (name: string) => Host, network: Host, number: number) {
  const host = add(`rs${number + 1}`);
  const address = `192.168.1.${100 + number}`;
  host.connect("eth0", network, `p${number + 1}`);
  host.address("eth0", `${address}/24`);
  host.defaultRoute("192.168.1.1");
  await host.run("ethtool", "-K", "eth0", "tx", "off");
  await host.start(process.execPath, "--eval", WEB_SERVER, host.name);
  return { host, address };
}

const WEB_SERVER = `
  const { createServer } = require("node:http");
  const name = process.argv[1];
  createServer((_, response) => response.end(name + "\\n")).listen(80, "0.0.0.0", () => console.log("ready"));
`;
