/** The life of a connection: expiry is exact for packets, finished ones are replaced, numbers come back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connections } from "../src/datapath/connections/connection.ts";
import { Sweep } from "../src/datapath/connections/sweep.ts";
import { sweep } from "../src/datapath/programs.ts";
import type { RealServer, WantedState } from "../src/model/service.ts";
import { directorInTwin, type Features, type TwinDirector } from "./testing/director.ts";
import { nameOf } from "./testing/fixture.ts";
import { tcp } from "./testing/frame.ts";
import { fromClient, fromServer, oneServer, RIP, site, VIP } from "./testing/site.ts";

const SECOND = 1_000_000_000n;
const OTHER_RIP = "192.168.1.101";

/** Two real servers, of which round robin takes `RIP` first and `OTHER_RIP` next. */
function twoServers(method: RealServer["method"] = "masquerading", values: Features = {}): TwinDirector {
  const servers = [RIP, OTHER_RIP].map((address) => ({ address, port: 80, method, weight: 1 }));
  const state: WantedState = oneServer({ realServers: servers });
  return directorInTwin(state, site, values);
}

const request = (flags: string, port = 40_000) =>
  tcp(fromClient, { from: `10.1.1.10:${port}`, to: `${VIP}:80` }, { flags });
const reply = (flags: string) => tcp(fromServer, { from: `${RIP}:80`, to: "10.1.1.10:40000" }, { flags });

/** Sends, and gives the real servers of the connections that are in the table afterwards. */
function serversAfter(world: TwinDirector, ...frames: readonly Uint8Array[]): string[] {
  for (const frame of frames) world.send(frame);
  return world.snapshot().connections.map(({ server }) => server);
}

/** @returns what the sweep found */
function sweepAll({ twin }: TwinDirector) {
  const args = Sweep.make({ first: 1, entries: 100 });
  twin.syscall(sweep, args);
  return { inUse: args.inUse, expired: args.expired, recycled: args.recycled };
}

describe("a connection that has expired", () => {
  it("is a miss at once, whether the sweep has come by or not: the packet is scheduled as new", () => {
    using world = twoServers();
    assert.deepEqual(serversAfter(world, request("S")), [`${RIP}:80`]);
    world.twin.now += 59n * SECOND;
    assert.deepEqual(serversAfter(world, request("S")), [`${RIP}:80`], "60 s from the last packet");
    world.twin.now += 61n * SECOND;
    assert.deepEqual(serversAfter(world, request("S")), [`${OTHER_RIP}:80`]);
    assert.deepEqual(world.snapshot().load.slice(0, 2), [
      { active: 0, total: 0 },
      { active: 1, total: 1 },
    ]);
  });

  it("translates no reply any more", () => {
    using world = twoServers();
    world.send(request("S"));
    world.twin.now += 61n * SECOND;
    assert.equal(nameOf(world.send(reply("SA")).verdict), "passed");
    assert.equal(world.snapshot().outcomes.notOurs, 1);
  });

  it("leaves its real server's counts when the sweep finds it, and gives its number back in the next round", () => {
    using world = twoServers();
    world.send(request("S"));
    assert.deepEqual(sweepAll(world), { inUse: 1, expired: 0, recycled: 0 });
    world.twin.now += 61n * SECOND;
    assert.deepEqual(sweepAll(world), { inUse: 0, expired: 1, recycled: 0 });
    assert.deepEqual(world.snapshot().load[0], { active: 0, total: 0 });
    assert.deepEqual(sweepAll(world), { inUse: 0, expired: 0, recycled: 1 });
    world.send(request("S", 40_001));
    assert.equal(world.twin.map(connections).get(1)?.clientPort, 0x419c, "port 40001 as it lies in the packet");
  });

  it("that a packet closed is given back two rounds later", () => {
    using world = twoServers();
    world.send(request("S"));
    world.twin.now += 61n * SECOND;
    world.send(request("S"));
    assert.deepEqual(sweepAll(world), { inUse: 1, expired: 0, recycled: 0 });
    assert.deepEqual(sweepAll(world), { inUse: 1, expired: 0, recycled: 1 });
  });
});

// The kernel's conn_reuse_mode: which finished connections a SYN takes the place of.
const reuses = [
  { mode: 1, method: "masquerading", path: ["S", "FA"], expected: OTHER_RIP, why: "TIME_WAIT is over" },
  { mode: 0, method: "masquerading", path: ["S", "FA"], expected: RIP, why: "reuse is switched off" },
  { mode: 1, method: "masquerading", path: ["S", "A"], expected: RIP, why: "an established connection stays" },
  { mode: 1, method: "direct-routing", path: ["S", "A", "R"], expected: OTHER_RIP, why: "CLOSE is over" },
  {
    mode: 1,
    method: "direct-routing",
    path: ["S", "A", "FA"],
    expected: RIP,
    why: "in FIN_WAIT the server may still send",
  },
  {
    mode: 2,
    method: "direct-routing",
    path: ["S", "A", "FA"],
    expected: OTHER_RIP,
    why: "mode 2 takes FIN_WAIT for over",
  },
] as const;

describe("a SYN that meets a connection of its flow", () => {
  for (const { mode, method, path, expected, why } of reuses) {
    it(`after ${path.join(", ")} by ${method}, in mode ${mode}, goes to ${expected === RIP ? "the same server" : "the next"}: ${why}`, () => {
      using world = twoServers(method, { connReuseMode: mode });
      const frames = [...path, "S"].map((flags) => request(flags));
      assert.deepEqual(serversAfter(world, ...frames), [`${expected}:80`]);
    });
  }
});

describe("a full table", () => {
  it("refuses new connections, counts them, and goes on with those it holds", () => {
    using world = twoServers("masquerading", { maxConnections: 3 });
    const verdicts = [40_000, 40_001, 40_002, 40_003].map((port) => nameOf(world.send(request("S", port)).verdict));
    assert.deepEqual(verdicts.slice(2), ["dropped", "dropped"]);
    assert.equal(nameOf(world.send(request("A", 40_000)).verdict), "forwarded");
    assert.equal(world.snapshot().outcomes.tableFull, 2);
  });
});
