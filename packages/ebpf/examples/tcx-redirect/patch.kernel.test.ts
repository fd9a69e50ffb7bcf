import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { ethernetFrame, IPPROTO_UDP, ipv4Frame, udpDatagram } from "../lab/frame.ts";
import { lackOfKernel } from "../lab/kernel-at-hand.ts";
import { until } from "../lab/until.ts";
import { type PatchWorld, patchInKernel, patchInTwin, type Side } from "./worlds.ts";

const hello = ipv4Frame({ protocol: IPPROTO_UDP, payload: udpDatagram("hello") });
const strange = ethernetFrame(
  0x88b5,
  Uint8Array.from({ length: 1400 }, (_, index) => index & 0xff),
);

/** Frames to send, in order; the cable is plugged in throughout. */
const traffic: readonly (readonly [from: Side, frame: Uint8Array])[] = [
  ["left", hello],
  ["right", strange],
  ["left", strange],
  ["left", hello],
];

/** Sends the traffic and gives what came out at either side. */
async function exchange(world: PatchWorld): Promise<Record<Side, readonly Uint8Array[]>> {
  world.plug(true);
  for (const [from, frame] of traffic) world.send(from, frame);
  const out: Record<Side, Uint8Array[]> = { left: [], right: [] };
  await until(() => {
    for (const side of ["left", "right"] as const) out[side].push(...world.take(side));
    return out.left.length + out.right.length < traffic.length ? undefined : out;
  }, "frame at the other end of the cable");
  return out;
}

const lackOfTcx = () => lackOfKernel({ kind: "tcx link" });

rootTest(
  "the patch cable, at tcx between two veths, carries frames as the twin does",
  async () => {
    using twin = patchInTwin();
    using kernel = patchInKernel();
    const out = { left: [strange], right: [hello, strange, hello] };
    assert.deepEqual(await exchange(twin), out);
    assert.deepEqual(await exchange(kernel), out);
    assert.deepEqual(twin.counters(), { toRight: 3n, toLeft: 1n, elsewhere: 0n });
    assert.deepEqual(kernel.counters(), twin.counters());
  },
  lackOfTcx,
);

rootTest(
  "without the cable, frames go to the network stack of the room in the middle, in both worlds",
  async () => {
    using twin = patchInTwin();
    using kernel = patchInKernel();
    for (const world of [twin, kernel]) {
      world.plug(false);
      world.send("left", strange);
      await until(() => (world.counters().elsewhere === 1n ? true : undefined), "count of the frame");
      assert.deepEqual(world.take("right"), []);
    }
    assert.deepEqual(kernel.counters(), twin.counters());
  },
  lackOfTcx,
);

rootTest(
  "two hosts that only the patch cable joins find each other by ARP and talk by UDP",
  async () => {
    using kernel = patchInKernel();
    kernel.plug(true);
    assert.equal(await kernel.echo("is there anybody?"), "is there anybody?");
    const { toRight, toLeft, elsewhere } = kernel.counters();
    // An ARP question and its answer, the datagram and its echo; a slow machine may ask again.
    assert.ok(toRight >= 2n && toLeft >= 2n, `${toRight} frames to the right, ${toLeft} to the left`);
    assert.equal(elsewhere, 0n);
  },
  lackOfTcx,
);
