import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, filterPacket } from "../testing/both-worlds.ts";
import { assertRefused, calculation, filter } from "../testing/snippet.ts";

const PAIR = `const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });
const pairs = array("pairs", { value: Pair, maxEntries: 4 });`;

describe("a condition", () => {
  it("evaluates the right side of && and || only where the left leaves it open", () => {
    const declarations = `${PAIR}
function note(n: u32): boolean { const pair = pairs.lookup(0); if (pair !== null) pair.left = n; return n > 2; }`;
    const seen = (condition: string, a: number): number => {
      const statements = `const taken = ${condition} ? 1 : 2;
        const pair = pairs.lookup(0);
        return pair === null ? 0 : pair.left * 10 + taken;`;
      return calculate(statements, { declarations, a });
    };
    assert.equal(seen("a === 1 && note(3)", 0), 2);
    assert.equal(seen("a === 1 && note(3)", 1), 31);
    assert.equal(seen("a === 1 || note(2)", 1), 1);
    assert.equal(seen("a === 1 || note(2)", 0), 22);
    assert.equal(seen("!(a === 1 && note(1))", 1), 11);
  });

  it("is a value where it is stored", () => {
    assert.equal(
      calculate("const both = a === 1 && b === 2;\nreturn both ? 1 : both === false ? 2 : 3;", { a: 1, b: 3 }),
      2,
    );
    assert.equal(
      calculate("let any = false;\nif (a > 3) any = a < 7 || b === 1;\nreturn any ? 1 : 2;", { a: 9, b: 1 }),
      1,
    );
  });

  it("narrows what it compares: numbers, u64s, and references against null", () => {
    const declarations = "const weights = table(u8, [7, 8, 9]);";
    assert.equal(calculate("if (a > 2) return 1;\nreturn weights.at(a);", { a: 2, declarations }), 9);
    assert.equal(calculate("return a < 3 ? weights.at(a) : 1;", { a: 1, declarations }), 8);
    assert.equal(calculate("if (!(a <= 2)) return 1;\nreturn weights.at(a);", { a: 0, declarations }), 7);
    assert.equal(calculate("if (x > 9n) return 1;\nreturn Number(x);", { x: 9n }), 9);
    assert.equal(
      calculate("const pair = pairs.lookup(a);\nreturn pair !== null && pair.left === 0 ? 1 : 2;", {
        a: 1,
        declarations: PAIR,
      }),
      1,
    );
  });

  it("narrows every name that a value goes by", () => {
    const declarations = "const weights = table(u8, [7, 8, 9]);";
    assert.equal(
      calculate("const same = a;\nif (same > 2) return 1;\nreturn weights.at(a);", { a: 2, declarations }),
      9,
    );
  });

  it("forgets at a join what held on one way only", () => {
    const declarations = "const weights = table(u8, [7, 8, 9]);";
    assertRefused(
      calculation("if (a > 2) { args.out = 1; }\nreturn weights.at(a);", declarations),
      "E309",
      "weights.at(a)",
    );
  });

  it("is a boolean", () => {
    assertRefused(calculation("if (a) return 1;"), "E308", "if (a)");
    assertRefused(calculation("return a === 1 && b ? 1 : 0;"), "E308", "a === 1 && b");
    assertRefused(calculation("return !a ? 1 : 0;"), "E308", "!a");
  });

  it("compares equal kinds", () => {
    assertRefused(calculation("return x === a ? 1 : 0;"), "E307", "x === a");
    assertRefused(calculation("return (a === 1) < (b === 1) ? 1 : 0;"), "E307", "(a === 1) < (b === 1)");
    assertRefused(calculation("return a === null ? 1 : 0;"), "E310", "a === null");
  });
});

describe("a reference into the packet", () => {
  it("is there when the whole layout lies inside", () => {
    const statements = "const pair = ctx.at(2, Pair);\nreturn pair === null ? 1 : 2;";
    assert.equal(filterPacket(statements, new Array<number>(9).fill(0), PAIR).result, 1);
    assert.equal(filterPacket(statements, new Array<number>(10).fill(0), PAIR).result, 2);
  });

  it("is found from the packet's end, by arithmetic with its length", () => {
    const declarations = "const Trailer = struct({ order: 'network', size: 2, fields: { sum: u16 } });";
    const statements = `const n = ctx.length;
      if (n < 4 || n > 1500) return 1;
      const trailer = ctx.at(n - 2, Trailer);
      return trailer === null ? 2 : trailer.sum;`;
    assert.equal(filterPacket(statements, [0, 0, 0, 0x12, 0x34], declarations).result, 0x1234);
    assert.equal(filterPacket(statements, [1, 2, 3], declarations).result, 1);
    assertRefused(
      filter("return ctx.at(ctx.length - 2, Trailer) === null ? 1 : 2;", declarations),
      "E405",
      "ctx.length - 2",
    );
  });

  it("is chosen between by ? :, and null if the chosen one is", () => {
    const statements =
      "const pair = ctx.length > 10 ? ctx.at(4, Pair) : ctx.at(0, Pair);\nreturn pair === null ? 1 : pair.left;";
    const packet = (length: number): number[] =>
      Array.from({ length }, (_, index) => (index === 4 ? 5 : index === 0 ? 3 : 0));
    assert.deepEqual(
      [7, 8, 10, 11, 12].map((length) => filterPacket(statements, packet(length), PAIR).result),
      [1, 3, 3, 1, 5],
    );
  });
});
