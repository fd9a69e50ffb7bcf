/** An echo through a small proxy: first by its pipes, then spliced in the kernel, where the proxy never sees a byte. */
import { lackOfKernel, sayNotRun } from "../lab/kernel-at-hand.ts";
import { exchange } from "./exchange.ts";
import type { Splicer } from "./proxy.ts";
import { kernelSplicer, spliceInTwin } from "./worlds.ts";

const bytes = new Uint8Array(100_000).fill(0x57);
const half = [bytes.subarray(0, 50_000), bytes.subarray(50_000)];
const { toServer, toClient } = spliceInTwin(half, half);
console.log(`in V8 (the twin): ${toServer} bytes go to the server, ${toClient} to the client`);

await show("by pipes in Node", null);
const lack = lackOfKernel({ kind: "program", program: "SkSkbVerdict" }, { kind: "map", map: "sockMap" });
if (lack === undefined) {
  using splicer = kernelSplicer();
  await show("spliced in the kernel", splicer);
} else sayNotRun("the splice", lack);

async function show(how: string, splicer: Splicer | null): Promise<void> {
  const { echo, readByProxy } = await exchange(bytes, splicer);
  const read = readByProxy.client + readByProxy.server;
  console.log(`${how}: ${echo.length} bytes echoed to the client, ${read} read by the proxy`);
}
