/** A flood of SYNs from one source and a calm client beside it: who gets through, in V8 and in the kernel. */
import { IPPROTO_TCP, ipv4Frame, SYN, tcpHeader } from "../lab/frame.ts";
import { lackOfKernel, sayNotRun } from "../lab/kernel-at-hand.ts";
import { type LimiterWorld, limiterInKernel, limiterInTwin } from "./worlds.ts";

const limit = { synsPerSecond: 10, burst: 20 };
const flood = ipv4Frame({ protocol: IPPROTO_TCP, source: "192.0.2.66", payload: tcpHeader(SYN) });
const calm = ipv4Frame({ protocol: IPPROTO_TCP, source: "192.0.2.1", payload: tcpHeader(SYN) });

await show("in V8 (the twin)", limiterInTwin(limit));
const lack = lackOfKernel({ kind: "XDP link" }, { kind: "atomics with result" });
if (lack === undefined) await show("in the kernel (XDP on a veth)", limiterInKernel(limit));
else sayNotRun("the SYN rate limiter", lack);

async function show(where: string, world: LimiterWorld): Promise<void> {
  using limiter = world;
  const passed = [...(await limiter.send([...Array<Uint8Array>(1000).fill(flood), calm]))];
  await limiter.wait(1000);
  passed.push(...(await limiter.send([...Array<Uint8Array>(1000).fill(flood), calm])));
  const ofTheCalm = passed.filter((frame) => Buffer.compare(frame, calm) === 0).length;
  console.log(`${where}: of 2000 flooding SYNs ${passed.length - ofTheCalm} passed, of 2 calm ones ${ofTheCalm}`);
}
