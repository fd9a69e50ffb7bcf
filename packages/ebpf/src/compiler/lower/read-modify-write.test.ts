import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate } from "../testing/both-worlds.ts";
import { assertRefused, calculation } from "../testing/snippet.ts";

const COUNTS = `const Count = struct({ size: 24, fields: { packets: u64, state: u8, flags: u8, half: u16, last: u32, hits: array(u32, 2) } });
const counts = array("counts", { value: Count, maxEntries: 2 });
const own = percpuArray("own", { value: Count, maxEntries: 2 });
const total = cell("total", Count);
const next = table(u8, [1, 2, 3, 3]);`;

function withCount(statements: string, map = "counts"): string {
  return `const count = ${map}.lookup(0);\nif (count === null) return 1;\n${statements}`;
}

describe("a value of a map that other CPUs see", () => {
  const refused = [
    ["count.packets += 1n;", "an operator"],
    ["count.last = (count.last + 1) >>> 0;", "the operator written out"],
    ["count.last = Math.min(count.last + 1, 9);", "a sum that Math.min limits"],
    ["const seen = count.last;\nconst more = seen * 2;\ncount.last = more >>> 0;", "steps with names"],
    ["let n = count.last;\nif (a === 1) n = (n + 1) >>> 0;\ncount.last = n;", "a sum on one of two ways"],
    ["count.flags = count.flags | 4;", "a bit that is set"],
    ["count.hits.set(a & 1, (count.hits.get(a & 1) + 1) >>> 0);", "an element at a variable place"],
    [
      "let same: Ref<typeof Count> = count;\nif (a === 1) same = count;\nsame.last = (count.last + 1) >>> 0;",
      "a second name",
    ],
  ] as const;
  for (const [statements, how] of refused) {
    it(`is not changed by ${how}`, () => {
      const line = statements.split("\n").at(-1) ?? "";
      assertRefused(calculation(withCount(statements), COUNTS), "E404", line);
      assert.equal(calculate(withCount(statements, "own"), { declarations: COUNTS }), 0, "each CPU has its own here");
    });
  }

  it("is not changed by reading and writing a cell that is named twice", () => {
    assertRefused(calculation("total.ref().packets = total.ref().packets + 1n;", COUNTS), "E404", "total.ref()");
  });

  const accepted = [
    ["count.last = a;", "a number from elsewhere"],
    ["count.last = count.half + 1;", "another field"],
    ["count.state = next.at(count.state & 3);", "a step of a table"],
    ["count.state = count.state === 2 ? 3 : 1;", "a choice by the present state"],
    ["let s = count.state;\nif (a === 1) s = 4;\ncount.state = s;", "the present value or another"],
    ["count.hits.set(0, (count.hits.get(1) + 1) >>> 0);", "another element"],
    ["const other = own.lookup(0);\nif (other !== null) count.last = (other.last + 1) >>> 0;", "a value of this CPU"],
    ["atomicAdd(count, 'packets', 1n);", "an atomic"],
  ] as const;
  for (const [statements, what] of accepted) {
    it(`takes ${what}`, () => {
      assert.equal(calculate(withCount(statements), { declarations: COUNTS }), 0);
    });
  }
});
