import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, wideOf } from "../testing/both-worlds.ts";
import { assertRefused, calculation, filter, withImports } from "../testing/snippet.ts";

const COUNTS = `const Count = struct({ size: 16, fields: { wide: u64, narrow: u32, signed: i32 } });
const counts = array("counts", { value: Count, maxEntries: 1 });`;

function withCount(statements: string): string {
  return `const count = counts.lookup(0);\nif (count === null) return 99;\n${statements}`;
}

describe("an atomic", () => {
  it("adds and wraps at the width of its field", () => {
    const statements = withCount(`count.narrow = 4294967295;
      atomicAdd(count, "narrow", 3);
      atomicAdd(count, "narrow", -1);
      return count.narrow;`);
    assert.equal(calculate(statements, { declarations: COUNTS }), 1);
    const wide = withCount(`count.wide = 0xffff_ffff_ffff_fffen;
      atomicAdd(count, "wide", 5n);
      args.wide = count.wide;`);
    assert.equal(wideOf(wide, { declarations: COUNTS }), 3n);
  });

  it("sets, clears and turns bits", () => {
    const statements = withCount(`count.narrow = 0b1100;
      atomicOr(count, "narrow", 0b0001);
      atomicAnd(count, "narrow", 0b0111);
      atomicXor(count, "narrow", 0b1111);
      return count.narrow;`);
    assert.equal(calculate(statements, { declarations: COUNTS }), 0b1010);
  });

  it("gives what the field held before", () => {
    const statements = withCount(`count.narrow = 5;
      const before = atomicFetchAdd(count, "narrow", 2);
      const then = atomicExchange(count, "narrow", 40);
      const kept = atomicCompareExchange(count, "narrow", 41, 1);
      const changed = atomicCompareExchange(count, "narrow", 40, 9);
      return before * 1000000 + then * 10000 + kept * 100 + changed + count.narrow;`);
    assert.equal(calculate(statements, { declarations: COUNTS }), 5074049);
  });

  it("compares with what its field can hold, for more would be cut off", () => {
    assertRefused(
      calculation(withCount('atomicCompareExchange(count, "narrow", i, 1);'), COUNTS),
      "E302",
      '"narrow", i',
    );
    assertRefused(calculation(withCount('atomicCompareExchange(count, "wide", x + y, 1n);'), COUNTS), "E305", "x + y");
  });

  it("adds numbers that V8 adds without rounding", () => {
    const far = withCount('const far = a * 0x20_0000;\natomicAdd(count, "narrow", far);');
    assertRefused(calculation(far, COUNTS), "E301", "atomicAdd");
  });

  it("works on unsigned fields of 32 and 64 bits, in tables and on the stack", () => {
    assert.equal(
      calculate('const own = Count.make({});\natomicAdd(own, "narrow", 4);\nreturn own.narrow;', {
        declarations: COUNTS,
      }),
      4,
    );
    assertRefused(calculation(withCount('atomicAdd(count, "signed", 1);'), COUNTS), "E408", '"signed"');
    const inPacket =
      'const count = ctx.at(0, Count);\nif (count === null) return 1;\natomicAdd(count, "narrow", 1);\nreturn 2;';
    assertRefused(filter(inPacket, COUNTS), "E408", "atomicAdd");
    const inContext = withImports(
      `\n${COUNTS}\nexport function program(ctx: Syscall<typeof Count>): number {\n  atomicAdd(ctx.args, "narrow", 1);\n  return 0;\n}`,
    );
    assertRefused(inContext, "E408", "atomicAdd");
  });
});
