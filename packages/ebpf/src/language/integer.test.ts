import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { swap16, swap32, u64wrap } from "./integer.ts";

describe("integers", () => {
  it("u64wrap brings sums and differences back into 0..2^64-1", () => {
    assert.equal(u64wrap(2n ** 64n - 1n), 2n ** 64n - 1n);
    assert.equal(u64wrap(2n ** 64n), 0n);
    assert.equal(u64wrap(-1n), 2n ** 64n - 1n);
  });

  it("swap16 exchanges two bytes and ignores what is above them", () => {
    assert.equal(swap16(0x0800), 0x0008);
    assert.equal(swap16(0xff01), 0x01ff);
    assert.equal(swap16(0xabcd1234), 0x3412);
    assert.equal(swap16(-1), 0xffff);
  });

  it("swap32 reverses four bytes and is never negative", () => {
    assert.equal(swap32(0x0a000001), 0x0100000a);
    assert.equal(swap32(0x000000ff), 0xff000000);
    assert.equal(swap32(-2), 0xfeffffff);
  });
});
