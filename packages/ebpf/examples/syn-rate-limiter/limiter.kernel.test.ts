import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { ACK, IPPROTO_TCP, IPPROTO_UDP, ipv4Frame, SYN, tcpHeader, udpDatagram } from "../lab/frame.ts";
import { lackOfKernel } from "../lab/kernel-at-hand.ts";
import { type LimiterWorld, limiterInKernel, limiterInTwin } from "./worlds.ts";

/** A token takes a second to come back, so that none does while a burst is being sent. */
const limit = { synsPerSecond: 1, burst: 3 };

const syn = (source: string) => ipv4Frame({ protocol: IPPROTO_TCP, source, payload: tcpHeader(SYN) });
const data = ipv4Frame({ protocol: IPPROTO_TCP, source: "192.0.2.1", payload: tcpHeader(ACK) });
const datagram = ipv4Frame({ protocol: IPPROTO_UDP, payload: udpDatagram("hello") });

rootTest(
  "the SYN rate limiter, in native XDP on a veth, lets pass what the twin lets pass",
  async () => {
    const [one, other] = [syn("192.0.2.1"), syn("192.0.2.77")];
    const burst = [one, datagram, one, one, one, data, other, one, data];
    using twin = limiterInTwin(limit);
    using kernel = limiterInKernel(limit);

    const passed = [one, datagram, one, one, data, other, data];
    assert.deepEqual(await twin.send(burst), passed);
    assert.deepEqual(await kernel.send(burst), passed);
    assert.deepEqual(twin.outcomes(), { passed: 4n, limited: 2n });
    assert.deepEqual(kernel.outcomes(), twin.outcomes());
  },
  () => lackOfKernel({ kind: "XDP link" }, { kind: "atomics with result" }),
);

rootTest(
  "the SYN rate limiter gives tokens back by the clock of either world",
  async () => {
    const afterASecond = async (world: LimiterWorld) => {
      await world.send([syn("192.0.2.1"), syn("192.0.2.1"), syn("192.0.2.1")]);
      await world.wait(1050);
      return (await world.send([syn("192.0.2.1")])).length;
    };
    using twin = limiterInTwin(limit);
    using kernel = limiterInKernel(limit);
    assert.deepEqual([await afterASecond(twin), await afterASecond(kernel)], [1, 1]);
  },
  () => lackOfKernel({ kind: "XDP link" }, { kind: "atomics with result" }),
);
