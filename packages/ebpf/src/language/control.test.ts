import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loop, noinline } from "./control.ts";
import { u32 } from "./integer.ts";
import { struct } from "./layout.ts";
import type { Ref } from "./reference.ts";

const State = struct({ size: 8, fields: { sum: u32, stopAt: u32 } });

function step(index: number, state: Ref<typeof State>): 0 | 1 {
  state.sum += index;
  return index === state.stopAt ? 1 : 0;
}

describe("loop", () => {
  const cases = [
    { count: 0, stopAt: 9, returned: 0, sum: 0, why: "no round at all" },
    { count: 4, stopAt: 9, returned: 4, sum: 6, why: "all rounds" },
    { count: 4, stopAt: 1, returned: 2, sum: 1, why: "the stopping round counts" },
  ];
  for (const { count, stopAt, returned, sum, why } of cases) {
    it(`of ${count} returns ${returned}: ${why}`, () => {
      const state = State.make({ stopAt });
      assert.equal(loop(count, step, state), returned);
      assert.equal(state.sum, sum);
    });
  }

  it("refuses more than 2^23 rounds with -7 (E2BIG) and calls nobody", () => {
    const state = State.make();
    assert.equal(loop(2 ** 23 + 1, step, state), -7);
    assert.equal(state.sum, 0);
  });
});

describe("noinline", () => {
  it("is the function itself in V8", () => {
    const add = noinline((a: u32, b: u32): u32 => (a + b) >>> 0);
    assert.equal(add(2, 3), 5);
  });

  it("refuses six parameters", () => {
    assert.throws(
      () => noinline((a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u32 => a + b + c + d + e + f),
      /passes five/,
    );
  });
});
