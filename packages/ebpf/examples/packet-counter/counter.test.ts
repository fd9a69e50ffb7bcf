import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XDP_PASS } from "@weir/ebpf";
import { Twin } from "@weir/ebpf/twin";
import { ethernetFrame, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, ipv4Frame } from "../lab/frame.ts";
import { count, packets } from "./counter.ts";

const ETH_P_ARP = 0x0806;
const ETH_P_IPV6 = 0x86dd;

/** Protocols that were counted, and how often, on one CPU. */
function countedIn(twin: Twin, cpu = 0): object {
  const view = twin.map(packets);
  const counted = Array.from({ length: 256 }, (_, protocol) => [protocol, view.get(protocol, cpu)?.value] as const);
  return Object.fromEntries(counted.filter(([, value]) => value !== 0n));
}

describe("the packet counter in the twin", () => {
  it("counts IPv4 packets by their protocol", () => {
    const twin = new Twin();
    for (const protocol of [IPPROTO_UDP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_UDP]) {
      assert.equal(twin.xdp(count, ipv4Frame({ protocol })).verdict, XDP_PASS);
    }
    assert.deepEqual(countedIn(twin), { [IPPROTO_ICMP]: 1n, [IPPROTO_TCP]: 1n, [IPPROTO_UDP]: 3n });
  });

  for (const protocol of [0, 255]) {
    it(`counts protocol ${protocol}, an end of the range`, () => {
      const twin = new Twin();
      twin.xdp(count, ipv4Frame({ protocol }));
      assert.deepEqual(countedIn(twin), { [protocol]: 1n });
    });
  }

  it("counts the shortest frame that has a protocol, 24 bytes", () => {
    const twin = new Twin();
    twin.xdp(count, ipv4Frame({ protocol: IPPROTO_UDP }).subarray(0, 24));
    assert.deepEqual(countedIn(twin), { [IPPROTO_UDP]: 1n });
  });

  const uncounted = [
    { what: "a frame that ends before the protocol", frame: ipv4Frame({ protocol: IPPROTO_UDP }).subarray(0, 23) },
    { what: "an empty frame", frame: new Uint8Array(0) },
    { what: "ARP", frame: ethernetFrame(ETH_P_ARP, new Uint8Array(46)) },
    { what: "IPv6", frame: ethernetFrame(ETH_P_IPV6, new Uint8Array(46)) },
  ];
  for (const { what, frame } of uncounted) {
    it(`lets ${what} pass without counting it`, () => {
      const twin = new Twin();
      const { verdict, packet } = twin.xdp(count, frame);
      assert.equal(verdict, XDP_PASS);
      assert.deepEqual(packet, frame);
      assert.deepEqual(countedIn(twin), {});
    });
  }

  it("counts on each CPU apart", () => {
    const twin = new Twin({ cpus: 2 });
    for (const cpu of [0, 1, 1]) {
      twin.cpu = cpu;
      twin.xdp(count, ipv4Frame({ protocol: IPPROTO_UDP }));
    }
    assert.deepEqual([countedIn(twin, 0), countedIn(twin, 1)], [{ [IPPROTO_UDP]: 1n }, { [IPPROTO_UDP]: 2n }]);
  });
});
