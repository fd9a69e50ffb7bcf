import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RealServer, WantedState } from "../model/service.ts";
import { Numbering } from "./numbering.ts";
import { planTables } from "./plan.ts";

function numberings() {
  return { services: new Numbering(1), realServers: new Numbering(1) };
}

function wanted(...weights: readonly number[]): WantedState {
  const realServers = weights.map<RealServer>((weight, index) => ({
    address: `192.168.1.${100 + index}`,
    port: 8080,
    method: "masquerading",
    weight,
  }));
  return { services: [{ protocol: "tcp", address: "10.1.1.200", port: 80, scheduler: "rr", realServers }] };
}

describe("the plan of the tables", () => {
  it("writes addresses and ports as they lie in packets", () => {
    const { services, realServers } = planTables(wanted(1), numberings());
    // 10.1.1.200 is 0a 01 01 c8, read little-endian; port 80 is 00 50.
    assert.deepEqual(services, [[{ address: [0xc801010a, 0, 0, 0], port: 0x5000, protocol: 6, family: 2 }, 1]]);
    assert.deepEqual(realServers, [
      [
        1,
        {
          ...{ address: [0x6401a8c0, 0, 0, 0], port: 0x901f, family: 2, method: 0, service: 1 },
          ...{ tunnel: 0, tunnelChecksum: 0, tunnelPort: 0 },
        },
      ],
    ]);
  });

  it("gives quiescent real servers no place in the rotation, but keeps them for their connections", () => {
    const plan = planTables(wanted(1, 0, 2), numberings());
    assert.deepEqual(plan.serviceTable, [[1, { first: 0, places: 2 }]]);
    assert.deepEqual(plan.rotation, [
      [0, 1],
      [1, 3],
    ]);
    assert.equal(plan.realServers.length, 3);
  });

  it("keeps numbers from plan to plan, so that connections mean the same real servers", () => {
    const shared = numberings();
    planTables(wanted(1, 1), shared);
    const { services } = wanted(1, 1);
    const reversed = {
      services: services.map((service) => ({ ...service, realServers: service.realServers.toReversed() })),
    };
    assert.deepEqual(
      planTables(reversed, shared).realServers.map(([number]) => number),
      [2, 1],
    );
  });
});
