import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, filterPacket, wideOf } from "../testing/both-worlds.ts";
import { assertRefused, calculation, compileText, filter } from "../testing/snippet.ts";

const PAIR = "const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });";
const BYTES = "const Bytes = struct({ size: 4, fields: { all: bytes(4) } });";

describe("a function of its own", () => {
  it("takes no parameters, or five", () => {
    const declarations = `const seven = noinline((): u32 => 7);
const sum = noinline((a: u8, b: u8, c: u8, d: u8, e: u8): u32 => a + b * 2 + c * 3 + d * 4 + e * 5);`;
    // 1 + 4 + 9 + 16 + 25.
    assert.equal(calculate("return seven() * 100 + sum(1, 2, 3, 4, 5);", { declarations }), 755);
    const six = "const six = noinline((a: u8, b: u8, c: u8, d: u8, e: u8, f: u8): u32 => a);";
    assert.throws(() => compileText(calculation("return six(1, 2, 3, 4, 5, 6);", six)), /E503|E209/);
  });

  it("may assign its parameters, which are its own", () => {
    const declarations = `const clamp = noinline((n: u32): u32 => {
  if (n > 3) n = 3;
  for (let k = 0; k < 3; k++) n = (n + k) & 0xff;
  return n;
});`;
    assert.equal(calculate("return clamp(a) * 100 + (a & 15);", { declarations, a: 9 }), 609);
  });

  it("gives booleans, u64s and negative numbers", () => {
    const declarations = `const isOdd = noinline((n: u32): boolean => (n & 1) === 1);
const twice = noinline((n: u64): u64 => u64wrap(n + n));
const less = noinline((n: i32): i32 => (n - 1) | 0);`;
    assert.equal(calculate("return isOdd(a) ? 5 : 6;", { declarations, a: 3 }), 5);
    assert.equal(calculate("return less(i);", { declarations, i: -4 }), -5);
    assert.equal(wideOf("args.wide = twice(x);", { declarations, x: 2n ** 63n + 4n }), 8n);
  });

  it("writes through references that it is passed, wherever they lead", () => {
    const declarations = `${PAIR}
const pairs = array("pairs", { value: Pair, maxEntries: 1 });
const put = noinline((pair: Ref<typeof Pair>, n: u32): void => { pair.right = n; });`;
    const statements = `const own = Pair.make({});
      const shared = pairs.lookup(0);
      if (shared === null) return 1;
      put(own, 3);
      put(shared, 4);
      return own.right * 10 + shared.right;`;
    assert.equal(calculate(statements, { declarations }), 34);
  });

  it("is passed null where its parameter may be null", () => {
    const declarations = `${PAIR}\nconst leftOr = noinline((pair: Ref<typeof Pair> | null): u32 => pair === null ? 9 : pair.left);`;
    assert.equal(calculate("return leftOr(null) * 10 + leftOr(Pair.make({ left: 4 }));", { declarations }), 94);
  });

  it("does not call itself, directly or through others", () => {
    const directly = "const down = noinline((n: u32): u32 => { if (n === 0) return 0; return down(n - 1); });";
    assertRefused(calculation("return down(3);", directly), "E501", "const down");
    const through = `const one = noinline((n: u32): u32 => n === 0 ? 0 : two(n - 1));
function two(n: u32): u32 { return one(n); }`;
    assertRefused(calculation("return one(3);", through), "E501", "function two");
  });

  it("ends", () => {
    const declarations = "const spin = noinline((n: u32): u32 => { for (;;) { if (n === 3) continue; } });";
    assertRefused(calculation("return spin(a);", declarations), "E507", "const spin");
    assertRefused(
      calculation("const n = spin(a);\nreturn n;", declarations.replace("noinline(", "").replace(" });", " };")),
      "E106",
      "const spin",
    );
    const inlined = "function spin(n: u32): u32 { for (;;) { if (n === 3) continue; } }";
    assertRefused(calculation("const n = spin(a);\nreturn n;", inlined), "E507", "function spin");
  });

  it("moves the packet: references of the caller are stale behind the call", () => {
    const declarations = `${BYTES}\nconst grow = noinline((ctx: Xdp): i32 => ctx.adjustHead(-4));`;
    const statements = `const before = ctx.at(0, Bytes);
      if (before === null) return 1;
      if (grow(ctx) !== 0) return 2;
      return before.all.get(0);`;
    assertRefused(filter(statements, declarations), "E403", "return before.all.get(0)");
    const again = statements.replace(
      "return before",
      "const after = ctx.at(4, Bytes);\nif (after === null) return 3;\nreturn after",
    );
    assert.equal(filterPacket(again, [7, ...new Array<number>(19).fill(0)], declarations).result, 7);
  });

  it("does not use a reference into the packet that it has moved itself", () => {
    const declarations = `${BYTES}
const grow = noinline((four: Ref<typeof Bytes>, ctx: Xdp): u32 => {
  if (ctx.adjustHead(-4) !== 0) return 1;
  return four.all.get(0);
});`;
    const statements = "const four = ctx.at(0, Bytes);\nif (four === null) return 1;\nreturn grow(four, ctx);";
    assertRefused(filter(statements, declarations), "E403", "return four.all.get(0)");
  });

  it("knows that it was passed a packet, which no variable indexes", () => {
    const declarations = `${BYTES}\nconst nth = noinline((four: Ref<typeof Bytes>, n: u32): u32 => four.all.get(n & 3));`;
    const inPacket = "const four = ctx.at(0, Bytes);\nif (four === null) return 1;\nreturn nth(four, ctx.length);";
    assertRefused(filter(inPacket, declarations), "E407", "const nth");
    const onStack = "const four = Bytes.make({});\nfour.all.set(2, 8);\nreturn nth(four, a);";
    assert.equal(calculate(onStack, { declarations, a: 6 }), 8);
  });

  it("takes the context of whichever program it is in", () => {
    const declarations = "const long = noinline((ctx: Packet, least: u32): boolean => ctx.length >= least);";
    assert.equal(filterPacket("return long(ctx, 3) ? 1 : 2;", [1, 2, 3], declarations).result, 1);
    assert.equal(filterPacket("return long(ctx, 4) ? 1 : 2;", [1, 2, 3], declarations).result, 2);
  });
});

describe("an inlined function", () => {
  it("assigns its parameters without touching the caller's variables", () => {
    const declarations = "function half(n: u32): u32 { n = n >>> 1; { let n = 100; n += 1; } return n; }";
    assert.equal(calculate("let n = a;\nconst h = half(n);\nreturn n * 10 + h;", { declarations, a: 8 }), 84);
  });

  it("evaluates its arguments from left to right, before its body runs", () => {
    const declarations = `const Log = struct({ size: 8, fields: { digits: u32, rest: u32 } });
const log = percpuArray("log", { value: Log, maxEntries: 1 });
function note(digit: u8): u8 {
  const entry = log.lookup(0);
  if (entry !== null) entry.digits = (entry.digits * 10 + digit) & 0xffff;
  return digit;
}
function three(a: u8, b: u8, c: u8): u32 { note(4); return a + b + c; }`;
    const statements = `three(note(1), note(2), note(3));
      const entry = log.lookup(0);
      return entry === null ? 0 : entry.digits;`;
    assert.equal(calculate(statements, { declarations }), 1234);
  });

  it("gives null or a reference", () => {
    const declarations = `${PAIR}
const pairs = array("pairs", { value: Pair, maxEntries: 4 });
function find(n: u32): Ref<typeof Pair> | null { if (n > 2) return null; return pairs.lookup(n); }`;
    const statements = "const pair = find(a);\nif (pair === null) return 1;\npair.left = 6;\nreturn pair.left;";
    assert.equal(calculate(statements, { declarations, a: 1 }), 6);
    assert.equal(calculate(statements, { declarations, a: 3 }), 1);
  });

  it("is refused where calls of calls would double without end", () => {
    const doubling = (n: number): string =>
      `function f${n}(n: u8): u8 { return (f${n - 1}(n) + f${n - 1}(n)) & 0xff; }`;
    const declarations = `function f0(n: u8): u8 { return n; }\n${Array.from({ length: 30 }, (_, n) => doubling(n + 1)).join("\n")}`;
    assertRefused(calculation("return f30(3);", declarations), "E508", "function f");
    assert.equal(calculate("return f3(3);", { declarations }), 24);
  });
});
