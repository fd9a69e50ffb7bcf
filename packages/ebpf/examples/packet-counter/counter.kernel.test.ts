import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { ethernetFrame, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, ipv4Frame } from "../lab/frame.ts";
import { lackOfKernel } from "../lab/kernel-at-hand.ts";
import { countInKernel, countInTwin } from "./worlds.ts";

const protocols = [IPPROTO_UDP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_UDP, 0, 255];
const arp = ethernetFrame(0x0806, new Uint8Array(46));
const frames = [arp, ...protocols.map((protocol) => ipv4Frame({ protocol })), arp];

for (const mode of ["native", "generic"] as const) {
  rootTest(
    `the packet counter, in ${mode} XDP on a veth, counts what the twin counts`,
    async () => {
      const counted = await countInKernel(frames, BigInt(protocols.length), mode);
      assert.deepEqual(counted, countInTwin(frames));
    },
    () => lackOfKernel({ kind: "XDP link" }),
  );
}
