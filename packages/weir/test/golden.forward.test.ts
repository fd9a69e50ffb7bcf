/**
 * What the kernel's IPVS did with given frames (recorded, Linux 6.1), and what the twin does with them: equal byte for byte, or listed here.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { rootTest } from "@weir/linux/testing";
import { directorInKernel, directorInTwin } from "./testing/director.ts";
import { assertAccounts, hex, nameOf } from "./testing/fixture.ts";
import { stateOf } from "./testing/ipvsadm-lines.ts";
import type { FixtureNetwork } from "./testing/network.ts";

interface Recorded {
  readonly name: string;
  readonly setup: readonly string[];
  readonly steps: readonly {
    readonly from: "client" | "rs";
    readonly frame: string;
    readonly at_real_server: readonly string[];
    readonly at_client: readonly string[];
  }[];
}

const recorded = JSON.parse(readFileSync(new URL("./golden/forward.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Recorded[];
};

/** Where the recorded machine stood: one /16 and one /64 on either side. */
const network: FixtureNetwork = {
  interfaces: [
    {
      name: "eth0",
      mac: "02:00:00:00:02:00",
      mtu: 1500,
      addresses: ["10.0.255.1/16", "fd00:a::ffff/64"],
      neighbours: { "10.0.0.50": "02:00:00:00:01:00", "fd00:a::50": "02:00:00:00:01:00" },
    },
    {
      name: "eth1",
      mac: "02:00:00:00:02:01",
      mtu: 1500,
      addresses: ["10.1.0.1/16", "fd00:b::1/64"],
      neighbours: { "10.1.0.21": "02:00:00:00:11:00", "fd00:b::21": "02:00:00:00:11:00" },
    },
  ],
};

const ICMPV6_CHECKSUM =
  "the recorder's device had not filled in the ICMPv6 checksum, which is the pseudo header's sum there; ours is right";
const FRAGMENTS_LATER = "fragments are not followed yet: they pass to the host";
const HOST_ANSWERS =
  "passed to the host, which does the same as behind the kernel's IPVS: its TCP answers, it forwards strangers";
const HOST_TELLS = "the reply that has run out of hops is passed to the host, which tells the real server as recorded";
const NAT_ICMP = "the sysctl nat_icmp_send is not there yet: the stray reply is forwarded by the host";

/** Cases that are not equal, and why. A case that has become equal must go. */
const differences: Readonly<Record<string, string>> = {
  "v4-nat-ttl": HOST_TELLS,
  "v6-nat-ttl": HOST_TELLS,
  "v4-nat-no-conn": HOST_ANSWERS,
  "v6-nat-no-conn": HOST_ANSWERS,
  "v4-nat-no-conn-nat_icmp_send": NAT_ICMP,
  "v6-nat-no-conn-nat_icmp_send": NAT_ICMP,
  "v4-tun-mtu-pmtu_disc0":
    "pmtu_disc = 0 is not there: at XDP nothing can be fragmented, so the sender is told (decision 020)",
  "v6-nat-icmp-unreach-udp": ICMPV6_CHECKSUM,
  "v6-nat-icmp-unreach-tcp": ICMPV6_CHECKSUM,
  "v6-nat-icmp-too-big-from-client": ICMPV6_CHECKSUM,
  "v6-tun-gre-csum": "the recorder's device had not filled in the checksum, which is 0 there; ours is right",
  "v4-nat-frag": FRAGMENTS_LATER,
  "v4-dr-frag": FRAGMENTS_LATER,
  "v4-dr-frag-reversed": FRAGMENTS_LATER,
};

describe("frames that the kernel's IPVS was given", () => {
  for (const made of recorded.cases) {
    const reason = differences[made.name];
    const state = stateOf(made.setup);
    it(`${made.name}: ${reason ?? "equal"}`, () => {
      using world = directorInTwin(state, network);
      const ours = made.steps.map(({ frame }) => {
        const { verdict, packet } = world.send(Buffer.from(frame, "hex"));
        return { verdict: nameOf(verdict), packet };
      });
      assertAccounts(world.snapshot().outcomes, made.steps.length);
      const compared = made.steps.map(({ at_client, at_real_server }, index) => {
        const { verdict = "", packet = new Uint8Array() } = ours[index] ?? {};
        return {
          ours: verdict === "passed" ? [] : [comparable(packet, verdict)],
          kernel: [...at_client, ...at_real_server].map((frame) => comparable(Buffer.from(frame, "hex"), verdict)),
        };
      });
      if (reason === undefined)
        assert.deepEqual(
          compared.map(({ ours }) => ours),
          compared.map(({ kernel }) => kernel),
        );
      else
        assert.notDeepEqual(
          compared.map(({ ours }) => ours),
          compared.map(({ kernel }) => kernel),
          "this case is equal: take it off the list",
        );
    });
  }

  rootTest("get the same from the compiled program in the kernel, in one director with all the services", () => {
    const state = { services: recorded.cases.flatMap(({ setup }) => stateOf(setup).services) };
    using twin = directorInTwin(state, network);
    using kernel = directorInKernel(state, network);
    for (const { name, steps } of recorded.cases) {
      for (const [index, { frame }] of steps.entries()) {
        const [ours, theirs] = [twin, kernel].map((world) => world.send(Buffer.from(frame, "hex")));
        assert.deepEqual(
          { verdict: theirs?.verdict, packet: hex(theirs?.packet ?? new Uint8Array()) },
          { verdict: ours?.verdict, packet: hex(ours?.packet ?? new Uint8Array()) },
          `${name}, frame ${index + 1}`,
        );
      }
    }
    assert.deepEqual(kernel.snapshot(), twin.snapshot());
  });

  it("are all there, and every listed difference is one of them", () => {
    assert.equal(recorded.cases.length, 53);
    const names = new Set(recorded.cases.map(({ name }) => name));
    assert.deepEqual(
      Object.keys(differences).filter((name) => !names.has(name)),
      [],
    );
  });
});

/**
 * Bytes that a kernel chooses freely are blanked in headers of its own making: IPv4 identification and checksum, IPv6 flow label, and of
 * GUE the source port and the checksum, which the recorder's device had not filled in.
 */
function comparable(frame: Uint8Array, verdict: string): string {
  const bytes = Uint8Array.from(frame);
  const isIpv4 = bytes[12] === 0x08;
  const transport = 14 + (isIpv4 ? 20 : 40);
  const isGue = bytes[transport + 2] === GUE_PORT >> 8 && bytes[transport + 3] === (GUE_PORT & 0xff);
  if (verdict === "answered" || isGue || [4, 41, 47].includes(bytes[isIpv4 ? 23 : 20] ?? 0)) {
    for (const at of isIpv4 ? [18, 19, 24, 25] : [16, 17]) bytes[at] = 0;
    if (!isIpv4) bytes[15] = (bytes[15] ?? 0) & 0xf0;
  }
  if (isGue) for (const at of [0, 1, 6, 7]) bytes[transport + at] = 0;
  return hex(bytes);
}

const GUE_PORT = 6080;
