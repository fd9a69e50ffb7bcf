import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "./random.ts";

describe("Random", () => {
  it("gives the same numbers for the same seed, and others for another", () => {
    const words = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 8 }, () => random.word());
    };
    assert.deepEqual(words(7), words(7));
    assert.notDeepEqual(words(7), words(8));
  });

  it("keeps to its bounds and reaches both of them", () => {
    const random = new Random(1);
    const seen = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    assert.deepEqual([...seen].sort(), [3, 4, 5, 6]);
  });

  it("never picks what has no weight", () => {
    const random = new Random(2);
    for (let round = 0; round < 200; round++) {
      const picked = random.weighted([
        [0, "never"],
        [1, "always"],
      ]);
      assert.equal(picked, "always");
    }
  });
});
