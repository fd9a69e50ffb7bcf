import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FrameObject, layOutFrame } from "./frame.ts";
import { Stretches } from "./stretches.ts";

function object(size: number, align: number, ...stretches: readonly (readonly [number, number])[]): FrameObject {
  const inUse = new Stretches();
  for (const [from, to] of stretches) inUse.add(from, to);
  return { size, align, inUse, beside: null };
}

describe("layOutFrame", () => {
  it("gives bytes of their own to things in use at the same time", () => {
    const { offsets, size } = layOutFrame([object(16, 8, [0, 40]), object(8, 8, [20, 60])]);
    assert.deepEqual(offsets, [-16, -24]);
    assert.equal(size, 24);
  });

  it("shares bytes between things that are never in use together", () => {
    const { offsets, size } = layOutFrame([object(24, 8, [0, 40]), object(16, 8, [40, 80]), object(8, 8, [80, 90])]);
    assert.deepEqual(offsets, [-24, -16, -8]);
    assert.equal(size, 24);
  });

  it("uses a pause of one thing for another", () => {
    const { offsets } = layOutFrame([object(8, 8, [0, 10], [50, 60]), object(8, 8, [10, 50])]);
    assert.deepEqual(offsets, [-8, -8]);
  });

  it("puts small things beside each other, each aligned", () => {
    const { offsets, size } = layOutFrame([object(1, 1, [0, 9]), object(4, 4, [0, 9]), object(2, 2, [0, 9])]);
    // The largest first: bytes -4..-1, then -6..-5, then -7.
    assert.deepEqual(offsets, [-7, -4, -6]);
    assert.equal(size, 8);
  });

  it("rounds a place to the alignment below what is above it", () => {
    const { offsets } = layOutFrame([object(12, 4, [0, 9]), object(8, 8, [0, 9])]);
    assert.deepEqual(offsets, [-12, -24]);
  });

  it("puts a value where its partner was, so that it need not move", () => {
    const partner = object(8, 8, [0, 20]);
    const other = object(8, 8, [0, 10]);
    const follower = { ...object(8, 8, [20, 30]), beside: 1 };
    const { offsets } = layOutFrame([other, partner, follower]);
    assert.equal(offsets[2], offsets[1]);
  });
});
