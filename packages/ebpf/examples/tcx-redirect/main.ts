/** Two hosts that only the patch cable joins, talking over it: in V8, and in the kernel by real sockets. */
import { IPPROTO_UDP, ipv4Frame, udpDatagram } from "../lab/frame.ts";
import { lackOfKernel, sayNotRun } from "../lab/kernel-at-hand.ts";
import { patchInKernel, patchInTwin } from "./worlds.ts";

const frame = ipv4Frame({ protocol: IPPROTO_UDP, payload: udpDatagram("hello") });
using twin = patchInTwin();
twin.plug(true);
twin.send("left", frame);
console.log(
  `in V8 (the twin): ${frame.length} bytes in at the left, ${twin.take("right")[0]?.length} out at the right`,
);

const lack = lackOfKernel({ kind: "tcx link" });
if (lack === undefined) {
  using kernel = patchInKernel();
  kernel.plug(true);
  console.log(`in the kernel (tcx between two veths): the right host echoes "${await kernel.echo("hello")}"`);
  const { toRight, toLeft } = kernel.counters();
  console.log(`frames redirected, ARP among them: ${toRight} to the right, ${toLeft} to the left`);
} else sayNotRun("the patch cable", lack);
