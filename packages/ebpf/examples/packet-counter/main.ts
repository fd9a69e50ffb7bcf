/** `npm run demo`: a few packets are counted in V8, and in the kernel where this machine allows it. */

import { ethernetFrame, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, ipv4Frame } from "../lab/frame.ts";
import { lackOfKernel, sayNotRun } from "../lab/kernel-at-hand.ts";
import { type Counted, countInKernel, countInTwin } from "./worlds.ts";

const names = new Map([
  [IPPROTO_ICMP, "ICMP"],
  [IPPROTO_TCP, "TCP"],
  [IPPROTO_UDP, "UDP"],
]);
const protocols = [IPPROTO_UDP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP];
const arp = ethernetFrame(0x0806, new Uint8Array(46));
const frames = [...protocols.map((protocol) => ipv4Frame({ protocol })), arp];

print("in V8 (the twin)", countInTwin(frames));
const lack = lackOfKernel({ kind: "XDP link" });
if (lack === undefined) print("in the kernel (XDP on a veth)", await countInKernel(frames, BigInt(protocols.length)));
else sayNotRun("the packet counter", lack);

function print(world: string, counted: Counted): void {
  const counters = [...counted].map(([protocol, packets]) => `${names.get(protocol) ?? protocol} ${packets}`);
  console.log(`${frames.length} frames ${world.padEnd(30)} ${counters.join("   ")}`);
}
