import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentListing, goldenListing, goldenPrograms } from "./listings.ts";

describe("the compiler's code for small programs", () => {
  for (const name of goldenPrograms) {
    it(`${name} is what was read and found right; golden/listings.ts says how to change it`, () => {
      assert.equal(currentListing(name), goldenListing(name));
    });
  }
});
