import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { i8, u8, u64 } from "./integer.ts";
import { table } from "./table.ts";

describe("a constant table", () => {
  it("gives the value at an index and refuses any other", () => {
    const primes = table(u8, [2, 3, 5]);
    assert.equal(primes.at(2), 5);
    for (const index of [-1, 3, 0.5]) assert.throws(() => primes.at(index), RangeError);
  });

  it("refuses values that do not fit, at the edges of their kinds", () => {
    assert.deepEqual(table(i8, [-128, 127]).values, [-128, 127]);
    assert.deepEqual(table(u64, [2n ** 64n - 1n]).values, [2n ** 64n - 1n]);
    assert.throws(() => table(u8, [256]), /256 at index 0 of a table of u8/);
    assert.throws(() => table(i8, [128]), /does not fit/);
    assert.throws(() => table(u64, [-1n]), /does not fit/);
    assert.throws(() => table(u8, [1.5]), /does not fit/);
    assert.throws(() => table(u8, []), /empty table/);
  });
});
