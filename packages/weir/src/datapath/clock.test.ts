import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isPast, secondsToTicks } from "./clock.ts";

describe("ticks of the packet path", () => {
  // A tick is 2^20 ns: a second has 10^9 / 1048576 = 953.67 of them.
  for (const [seconds, ticks] of [
    [0, 0],
    [1, 953],
    [60, 57_220],
    [900, 858_306],
    [65_535, 62_499_046],
  ] as const) {
    it(`${seconds} s are ${ticks}`, () => assert.equal(secondsToTicks(seconds), ticks));
  }

  it("wrap around: a moment is past when it lies less than half a circle behind", () => {
    assert.equal(isPast(5, 6), true);
    assert.equal(isPast(6, 6), false);
    assert.equal(isPast(0xffffffff, 0), true);
    assert.equal(isPast(0, 0xffffffff), false);
  });
});
