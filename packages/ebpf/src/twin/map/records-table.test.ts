import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { u32 } from "../../language/integer.ts";
import { bytes } from "../../language/kind.ts";
import { struct } from "../../language/layout.ts";
import { ringBuffer } from "../../language/map/ring-buffer.ts";
import { withMachine } from "../../language/runtime.ts";
import { EAGAIN, EINVAL } from "../errno.ts";
import { Twin } from "../twin.ts";

/** 500 bytes and a header of 8 make 508, which take 512: a page holds eight, less the byte that stays free. */
const Event = struct({ size: 500, fields: { number: u32, rest: bytes(496) } });

describe("ringBuffer", () => {
  const events = ringBuffer("events", { value: Event, size: 4096 });

  it("hands records out in order, as they were when they were put in", () => {
    const twin = new Twin();
    withMachine(twin.machine, () => {
      const event = Event.make({ number: 1 });
      assert.equal(events.output(event), 0);
      event.number = 2;
      assert.equal(events.output(event), 0);
    });
    const records = twin.map(events);
    assert.equal(records.size, 2);
    assert.deepEqual([records.take()?.number, records.take()?.number, records.take()], [1, 2, null]);
  });

  it("is full before its last byte is used: -11 (EAGAIN), and a taken record makes room", () => {
    const twin = new Twin();
    withMachine(twin.machine, () => {
      const event = Event.make();
      const results = Array.from({ length: 8 }, () => events.output(event));
      assert.deepEqual(results, [0, 0, 0, 0, 0, 0, 0, EAGAIN]);
      twin.map(events).take();
      assert.equal(events.output(event), 0);
      assert.equal(events.output(event), EAGAIN);
    });
  });

  it("knows the two wake-up flags and no other", () => {
    withMachine(new Twin().machine, () => {
      const event = Event.make();
      assert.deepEqual(
        [0, 1, 2, 3, 4].map((flags) => events.output(event, flags)),
        [0, 0, 0, 0, EINVAL],
      );
    });
  });
});
