/** The ring buffer, filled by a program and read without polling. */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { load } from "./collection.ts";
import { compileTraffic } from "./testing/compile-traffic.ts";
import { leavingNoTrace } from "./testing/traces.ts";
import * as traffic from "./testing/traffic.ts";

const FRAME = new Uint8Array(64);
const soon = (action: () => void) => setTimeout(action, 20);

rootTest("records that come later wake the reader, and their values are decoded", () =>
  leavingNoTrace(async () => {
    using collection = load(compileTraffic("count"));
    using ring = collection.ringBuffer(traffic.events);
    const packets: bigint[] = [];
    soon(() => collection.program("count").testRun(FRAME, { repeat: 2 }));
    for await (const event of ring.values()) {
      packets.push(event.packets);
      if (packets.length === 2) soon(() => collection.program("count").testRun(FRAME));
      if (packets.length === 3) break;
    }
    assert.deepEqual(packets, [1n, 2n, 3n]);
  }),
);

rootTest("a thousand records pass through a ring of one page, over and over the end of it", () =>
  leavingNoTrace(() => {
    using collection = load(compileTraffic("count"));
    using ring = collection.ringBuffer(traffic.events);
    let expected = 1n;
    for (let round = 0; round < 20; round++) {
      collection.program("count").testRun(FRAME, { repeat: 50 });
      const count = ring.drain((record) => {
        assert.equal(record.length, 16);
        assert.equal(new DataView(record.buffer, record.byteOffset).getBigUint64(0, true), expected++);
      });
      assert.equal(count, 50);
    }
  }),
);

rootTest("a full ring loses the newest records and no others", () => {
  using collection = load(compileTraffic("count"));
  using ring = collection.ringBuffer(traffic.events);
  collection.program("count").testRun(FRAME, { repeat: 1000 });
  // A record takes 24 bytes with its header; 170 of them leave 16 of the 4096 bytes.
  assert.equal(
    ring.drain(() => {}),
    170,
  );
});

rootTest("closing the reader ends an iteration that waits, and a new reader goes on", () =>
  leavingNoTrace(async () => {
    using collection = load(compileTraffic("count"));
    const first = collection.ringBuffer(traffic.events);
    soon(() => first.close());
    for await (const _ of first.records()) assert.fail("nothing was put in");
    collection.program("count").testRun(FRAME);
    using second = collection.ringBuffer(traffic.events);
    assert.equal(
      second.drain(() => {}),
      1,
    );
    assert.throws(() => first.drain(() => {}), /this reader is closed/);
  }),
);
