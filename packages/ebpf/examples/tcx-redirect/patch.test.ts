import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TCX_NEXT, TCX_REDIRECT } from "@weir/ebpf";
import { Twin } from "@weir/ebpf/twin";
import { IPPROTO_UDP, ipv4Frame, udpDatagram } from "../lab/frame.ts";
import { cable, patch } from "./patch.ts";

const LEFT = 7;
const RIGHT = 9;
const frame = ipv4Frame({ protocol: IPPROTO_UDP, payload: udpDatagram("hello") });

/** A twin with a cable between these interfaces. */
function plugged(left: number, right: number): Twin {
  const twin = new Twin();
  const ends = twin.map(cable);
  ends.left = left;
  ends.right = right;
  return twin;
}

function countersOf(twin: Twin): object {
  const { toRight, toLeft, elsewhere } = twin.map(cable);
  return { toRight, toLeft, elsewhere };
}

describe("the patch cable in the twin", () => {
  it("sends what arrives on the left out of the right, as it is", () => {
    const twin = plugged(LEFT, RIGHT);
    const { verdict, redirect, packet } = twin.skb(patch, frame, { ifindex: LEFT });
    assert.equal(verdict, TCX_REDIRECT);
    assert.deepEqual(redirect, { ifindex: RIGHT, flags: 0, by: "interface" });
    assert.deepEqual(packet, frame);
    assert.deepEqual(countersOf(twin), { toRight: 1n, toLeft: 0n, elsewhere: 0n });
  });

  it("sends what arrives on the right out of the left", () => {
    const twin = plugged(LEFT, RIGHT);
    const { verdict, redirect } = twin.skb(patch, frame, { ifindex: RIGHT });
    assert.equal(verdict, TCX_REDIRECT);
    assert.deepEqual(redirect, { ifindex: LEFT, flags: 0, by: "interface" });
    assert.deepEqual(countersOf(twin), { toRight: 0n, toLeft: 1n, elsewhere: 0n });
  });

  const unplugged = [
    { what: "at another interface", left: LEFT, right: RIGHT, ifindex: 8 },
    { what: "while nothing is plugged in", left: 0, right: 0, ifindex: LEFT },
    { what: "while only the left end is plugged in", left: LEFT, right: 0, ifindex: LEFT },
    { what: "while only the right end is plugged in", left: 0, right: RIGHT, ifindex: RIGHT },
  ];
  for (const { what, left, right, ifindex } of unplugged) {
    it(`lets what arrives ${what} go on to the network stack`, () => {
      const twin = plugged(left, right);
      const { verdict, redirect, packet } = twin.skb(patch, frame, { ifindex });
      assert.deepEqual([verdict, redirect, packet], [TCX_NEXT, null, frame]);
      assert.deepEqual(countersOf(twin), { toRight: 0n, toLeft: 0n, elsewhere: 1n });
    });
  }
});
