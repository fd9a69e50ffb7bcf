import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_REDIRECT, XDP_TX } from "../../language/context/xdp.ts";
import { deviceHash, deviceMap } from "../../language/map/device.ts";
import { BPF_F_BROADCAST, BPF_F_EXCLUDE_INGRESS } from "../../language/map/flag.ts";
import { withMachine } from "../../language/runtime.ts";
import { E2BIG, EEXIST, ENOENT } from "../errno.ts";
import { Twin } from "../twin.ts";

for (const declare of [deviceMap, deviceHash]) {
  const map = declare("devices", { maxEntries: 2 });

  describe(map.kind, () => {
    it("redirects to the device under a key", () => {
      const twin = new Twin();
      twin.map(map).set(1, 7);
      withMachine(twin.machine, () => assert.equal(map.redirect(1, 0), XDP_REDIRECT));
      assert.deepEqual(twin.machine.redirection, { ifindex: 7, flags: 0, by: "map" });
    });

    const misses = [
      { flags: 0, verdict: XDP_ABORTED },
      { flags: XDP_DROP, verdict: XDP_DROP },
      { flags: XDP_PASS, verdict: XDP_PASS },
      { flags: XDP_TX, verdict: XDP_TX },
      { flags: 4, verdict: XDP_ABORTED },
      { flags: 32 | XDP_PASS, verdict: XDP_ABORTED },
    ];
    for (const { flags, verdict } of misses) {
      it(`returns ${verdict} without a device for flags ${flags}`, () => {
        const twin = new Twin();
        withMachine(twin.machine, () => assert.equal(map.redirect(1, flags), verdict));
        assert.equal(twin.machine.redirection, null);
      });
    }

    it("broadcasts without looking at the key", () => {
      const twin = new Twin();
      const flags = BPF_F_BROADCAST | BPF_F_EXCLUDE_INGRESS;
      withMachine(twin.machine, () => assert.equal(map.redirect(5, flags), XDP_REDIRECT));
      assert.deepEqual(twin.machine.redirection, { ifindex: 0, flags, by: "map" });
    });

    it("gives devices back: get, delete, and -2 (ENOENT)", () => {
      const table = new Twin().map(map);
      table.set(0, 3);
      assert.deepEqual([table.get(0), table.delete(0), table.get(0)], [3, 0, null]);
      assert.equal(table.set(1, 4), 0);
    });
  });
}

describe("the two kinds of device map", () => {
  it("an array has places 0..maxEntries-1, which exist already", () => {
    const table = new Twin().map(deviceMap("devices", { maxEntries: 2 }));
    assert.deepEqual([table.set(2, 1), table.set(0, 1, 1)], [E2BIG, EEXIST]);
  });

  it("a hash takes any key until it is full, and knows what is there", () => {
    const table = new Twin().map(deviceHash("devices", { maxEntries: 2 }));
    assert.deepEqual([table.set(900, 1), table.set(901, 2), table.set(902, 3)], [0, 0, E2BIG]);
    assert.deepEqual([table.set(900, 5, 1), table.set(902, 5, 2), table.delete(902)], [EEXIST, ENOENT, ENOENT]);
  });
});
