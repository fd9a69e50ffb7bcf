import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, outOf, wideOf } from "../testing/both-worlds.ts";
import { assertRefused, calculation } from "../testing/snippet.ts";

const PAIR = "const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });";

describe("switch", () => {
  const chosen = (statements: string, a: number): number => calculate(statements, { a });

  it("takes default when no case fits, wherever it stands", () => {
    const statements = `switch (a) {
        case 1: return 10;
        default: return 90;
        case 2: return 20;
      }`;
    assert.deepEqual(
      [1, 2, 3].map((a) => chosen(statements, a)),
      [10, 20, 90],
    );
  });

  it("shares a body among cases, default among them", () => {
    const statements = `switch (a) {
        case 1: case 2: return 10;
        case 3: default: return 90;
        case 4: return 40;
      }`;
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((a) => chosen(statements, a)),
      [10, 10, 90, 40, 90],
    );
  });

  it("chooses by u64s and by booleans", () => {
    assert.equal(calculate("switch (x) { case 1n: return 5; case 2n: return 6; default: return 7; }", { x: 2n }), 6);
    assert.equal(calculate("switch (a === 1) { case true: return 5; default: return 7; }", { a: 1 }), 5);
  });

  it("tells only the body of a case what its subject is", () => {
    const declarations = "const weights = table(u8, [7, 8, 9]);";
    const statements = `switch (a) {
        case 0: return 1;
        case 2: return weights.at(a);
        default: return 90;
      }`;
    assert.deepEqual(
      [0, 2, 3].map((a) => calculate(statements, { a, declarations })),
      [1, 9, 90],
    );
  });

  it("lowers only the body that configuration chooses", () => {
    const declarations = "const cfg = config({ mode: 1 });";
    const statements = `switch (cfg.mode) {
        case 1: return 5;
        case 2: { const n: u8 = a; return n; }
        default: return 7;
      }`;
    assert.equal(calculate(statements, { declarations }), 5);
    assert.equal(calculate(statements, { declarations, config: { mode: 9 } }), 7);
    assertRefused(calculation(statements, "const cfg = config({ mode: 2 });"), "E302", "const n: u8 = a");
  });

  it("leaves itself by break and the round by continue", () => {
    const statements = `let n = 0;
      for (let k = 0; k < 4; k++) {
        switch (k) {
          case 1: continue;
          case 2: if (a === 1) break; n = (n + 10) & 0xfff; break;
          default: n = (n + 1) & 0xfff;
        }
        n = (n + 100) & 0xfff;
      }
      return n;`;
    // k = 0 and 3 add 101 each, 1 nothing, 2 adds 100 or 110.
    assert.deepEqual([chosen(statements, 1), chosen(statements, 0)], [302, 312]);
  });

  it("does not compare a number with a u64", () => {
    assertRefused(calculation("switch (x) { case 1: return 5; default: return 7; }"), "E307", "case 1");
  });
});

describe("an assignment with an operator", () => {
  it("evaluates the reference on its left once, and reads it before the right side runs", () => {
    const declarations = `${PAIR}
const calls = percpuArray("calls", { value: Pair, maxEntries: 1 });
function next(): u32 {
  const count = calls.lookup(0);
  if (count === null) return 0;
  count.left = (count.left + 1) & 0xff;
  count.right = 50;
  return count.left;
}`;
    const statements = `const count = calls.lookup(0);
      if (count === null) return 1;
      count.right = 5;
      count.right += next();
      return count.right * 100 + count.left;`;
    // 5 + 1, although next() has written 50 meanwhile, and it was called once.
    assert.equal(calculate(statements, { declarations }), 601);
  });

  it("steps u64s with ++ and --", () => {
    assert.equal(wideOf("let n = x;\nn++;\nn++;\nn--;\nargs.wide = n;", { x: 41n }), 42n);
  });

  it("truncates in a field and not in a variable", () => {
    assert.equal(outOf("let n = a;\nn += 4294967295;\nargs.out = n;", { a: 3 }), 2);
  });
});

describe("a variable", () => {
  it("holds no vector, no map and no layout, which no join could merge", () => {
    const declarations = `${PAIR}\nconst Both = struct({ size: 8, fields: { one: bytes(4), two: bytes(4) } });
const one = array("one", { value: u32, maxEntries: 1 });`;
    assertRefused(
      calculation("const both = Both.make({});\nlet v = both.one;\nv = both.two;", declarations),
      "E310",
      "let v",
    );
    assertRefused(calculation("let map = one;\nmap = one;", declarations), "E310", "let map");
    assertRefused(calculation("let layout = Pair;\nlayout = Pair;", declarations), "E310", "let layout");
  });

  it("keeps to one kind", () => {
    assertRefused(calculation("let n = a;\nn = x;"), "E307", "n = x");
    assertRefused(calculation("let n = a;\nn = a === 1;"), "E307", "n = a === 1");
  });

  it("is merged where ways meet", () => {
    const statements = "let n = 1;\nif (a > 5) n = 2;\nelse if (b > 5) n = 3;\nreturn n;";
    assert.deepEqual(
      [
        [9, 9],
        [0, 9],
        [0, 0],
      ].map(([a = 0, b = 0]) => calculate(statements, { a, b })),
      [2, 3, 1],
    );
  });

  it("may be shadowed by a name that JavaScript has", () => {
    const declarations = "const Both = struct({ size: 8, fields: { one: bytes(4), two: bytes(4) } });";
    assert.equal(
      calculate("const Math = Both.make({});\nMath.one.set(0, 7);\nreturn Math.one.get(0);", { declarations }),
      7,
    );
  });
});
