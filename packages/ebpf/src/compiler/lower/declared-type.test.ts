import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate } from "../testing/both-worlds.ts";
import { assertRefused, calculation, filter } from "../testing/snippet.ts";

const PAIRS = `const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });
const Other = struct({ size: 8, fields: { left: u32, right: u32 } });`;

describe("a declared type", () => {
  it("takes a reference of its layout, or null where it says so", () => {
    const declarations = `${PAIRS}
function leftOr(pair: Ref<typeof Pair> | null, otherwise: u32): u32 {
  return pair === null ? otherwise : pair.left;
}`;
    assert.equal(calculate("return leftOr(Pair.make({ left: a }), 9);", { declarations, a: 4 }), 4);
    assert.equal(calculate("return leftOr(null, 9);", { declarations }), 9);
  });

  it("gives a null that a function returns its type, so that a variable may hold it", () => {
    const declarations = `${PAIRS}
function none(): Ref<typeof Pair> | null { return null; }`;
    const statements = `let pair = none();
      if (a === 1) pair = Pair.make({ left: 3 });
      return pair === null ? 9 : pair.left;`;
    assert.equal(calculate(statements, { declarations, a: 0 }), 9);
    assert.equal(calculate(statements, { declarations, a: 1 }), 3);
  });

  it("refuses a reference to another layout, even if it looks the same", () => {
    const declarations = `${PAIRS}\nfunction leftOf(pair: Ref<typeof Pair>): u32 { return pair.left; }`;
    assertRefused(calculation("return leftOf(Other.make({ left: 1 }));", declarations), "E409", "leftOf(Other.make");
  });

  it("refuses a number where a reference is wanted", () => {
    const declarations = `${PAIRS}\nfunction one(pair: Ref<typeof Pair>): u32 { return 1; }`;
    assertRefused(calculation("return one(a);", declarations), "E409", "one(a)");
  });

  it("refuses a reference that may be null where null is not declared", () => {
    const declarations = `${PAIRS}
const pairs = array("pairs", { value: Pair, maxEntries: 2 });
function leftOf(pair: Ref<typeof Pair>): u32 { return pair.left; }`;
    assertRefused(calculation("return leftOf(pairs.lookup(a));", declarations), "E402", "leftOf(pairs.lookup(a))");
  });

  it("refuses the context of another kind of program", () => {
    const text = filter("return lengthOf(ctx);", "function lengthOf(ctx: Skb): u32 { return ctx.length; }");
    assertRefused(text, "E604", "lengthOf(ctx)");
  });

  it("bounds a variable: what leaves it is refused", () => {
    assertRefused(calculation("const n: u8 = a;\nreturn n;"), "E302", "const n: u8 = a");
    assertRefused(calculation("let n: i8 = 0;\nn = (a & 255);\nreturn n;"), "E302", "n = (a & 255)");
  });

  it("is a promise that later proofs stand on", () => {
    const declarations = "const weights = table(u8, [7, 8, 9, 10]);";
    assert.equal(calculate("const n: u8 = a & 3;\nreturn weights.at(n & 3);", { declarations, a: 6 }), 9);
  });
});
