import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XDP_DROP, XDP_PASS } from "@weir/ebpf";
import { Twin } from "@weir/ebpf/twin";
import {
  ACK,
  ethernetFrame,
  FIN,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type Ipv4Packet,
  ipv4Frame,
  RST,
  SYN,
  tcpHeader,
} from "../lab/frame.ts";
import { buckets, limit, limitSyns, outcomes } from "./limiter.ts";

const SECOND = 1_000_000_000n;

/** A twin that allows 10 SYNs a second and a burst of 3, an hour after boot. */
function limiter(): Twin {
  const twin = new Twin();
  twin.configure(limit, { synsPerSecond: 10, burst: 3 });
  twin.now = 3600n * SECOND;
  return twin;
}

function tcp(flags: number, packet: Partial<Ipv4Packet> = {}): Uint8Array {
  return ipv4Frame({ protocol: IPPROTO_TCP, payload: tcpHeader(flags), ...packet });
}

/** Sends SYNs and tells which passed. */
function send(twin: Twin, count: number, source = "192.0.2.1"): readonly boolean[] {
  return Array.from({ length: count }, () => twin.xdp(limitSyns, tcp(SYN, { source })).verdict === XDP_PASS);
}

function outcomesOf(twin: Twin): object {
  const { passed, limited } = twin.map(outcomes);
  return { passed, limited };
}

describe("the SYN rate limiter in the twin", () => {
  it("lets a burst pass and drops what exceeds it", () => {
    const twin = limiter();
    assert.deepEqual(send(twin, 5), [true, true, true, false, false]);
    assert.deepEqual(outcomesOf(twin), { passed: 3n, limited: 2n });
  });

  it("gives a token back after the time that one takes, 100 ms at 10 a second, and not a nanosecond before", () => {
    const twin = limiter();
    send(twin, 3);
    twin.now += SECOND / 10n - 1n;
    assert.deepEqual(send(twin, 1), [false]);
    twin.now += 1n;
    assert.deepEqual(send(twin, 2), [true, false]);
  });

  it("holds no more tokens than a burst, however long a source was silent", () => {
    const twin = limiter();
    send(twin, 3);
    twin.now += 3600n * SECOND;
    assert.deepEqual(send(twin, 5), [true, true, true, false, false]);
  });

  it("passes 10 a second in the long run", () => {
    const twin = limiter();
    send(twin, 3);
    let passed = 0;
    // A SYN every millisecond for 5 seconds.
    for (let ms = 0; ms < 5000; ms++) {
      twin.now += SECOND / 1000n;
      passed += send(twin, 1)[0] === true ? 1 : 0;
    }
    assert.equal(passed, 50);
  });

  it("keeps a bucket for each source", () => {
    const twin = limiter();
    assert.deepEqual(send(twin, 4, "192.0.2.1"), [true, true, true, false]);
    assert.deepEqual(send(twin, 4, "192.0.2.2"), [true, true, true, false]);
    assert.equal(twin.map(buckets).size, 2);
  });

  it("finds the TCP header behind IP options, 10 words of them at most", () => {
    for (const optionWords of [1, 10]) {
      const twin = limiter();
      const verdicts = Array.from({ length: 4 }, () => twin.xdp(limitSyns, tcp(SYN, { optionWords })).verdict);
      assert.deepEqual(verdicts, [XDP_PASS, XDP_PASS, XDP_PASS, XDP_DROP]);
    }
  });

  const untouched = [
    { what: "an answer to a SYN", frame: tcp(SYN | ACK) },
    { what: "an acknowledgement", frame: tcp(ACK) },
    { what: "the end of a connection", frame: tcp(FIN | ACK) },
    { what: "a reset", frame: tcp(RST) },
    { what: "UDP with the bytes of a SYN", frame: ipv4Frame({ protocol: IPPROTO_UDP, payload: tcpHeader(SYN) }) },
    { what: "a later fragment with the bytes of a SYN", frame: tcp(SYN, { fragmentOffset: 1 }) },
    { what: "a SYN that is cut off", frame: tcp(SYN).subarray(0, 53) },
    { what: "IPv6 with the bytes of a SYN", frame: ethernetFrame(0x86dd, tcp(SYN).subarray(14)) },
    { what: "an empty frame", frame: new Uint8Array(0) },
  ];
  for (const { what, frame } of untouched) {
    it(`lets ${what} pass, uncounted, as often as it comes`, () => {
      const twin = limiter();
      for (let i = 0; i < 5; i++) assert.equal(twin.xdp(limitSyns, frame).verdict, XDP_PASS);
      assert.deepEqual(outcomesOf(twin), { passed: 0n, limited: 0n });
      assert.equal(twin.map(buckets).size, 0);
    });
  }
});
