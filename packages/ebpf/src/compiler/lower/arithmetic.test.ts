import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, outOf, wideOf } from "../testing/both-worlds.ts";
import { assertRefused, calculation } from "../testing/snippet.ts";

describe("arithmetic on numbers", () => {
  it("is exact beyond 32 bits", () => {
    // 2^32-1 times 4096, shifted back by division.
    assert.equal(calculate("return Math.floor((a * 4096) / 65536);", { a: 0xffff_ffff }), 0x0fff_ffff);
    assert.equal(outOf("args.out = a - b;", { a: 3, b: 5 }), -2);
  });

  it("divides by floor, or by >>> 0 where the quotient is cut to 32 bits", () => {
    assert.equal(calculate("return Math.floor(a / 7);", { a: 48 }), 6);
    assert.equal(calculate("return ((a * 16) / 3) >>> 0;", { a: 0xffff_ffff }), 0x5555_5550);
    assert.equal(calculate("return a % 7;", { a: 48 }), 6);
  });

  it("divides and takes remainders by powers of two", () => {
    assert.equal(calculate("return Math.floor(a / 8) * 100 + (a % 8);", { a: 75 }), 903);
    // Above 32 bits on the left.
    assert.equal(
      calculate("const n = a * 16;\nreturn Math.floor(n / 0x1_0000_0000) * 100 + (n % 64);", { a: 0xffff_ffff }),
      1548,
    );
  });

  it("negates and complements", () => {
    assert.equal(outOf("args.out = -i;", { i: -7 }), 7);
    assert.equal(outOf("args.out = ~a;", { a: 5 }), -6);
  });

  const bits = [
    ["a & b", 0xff00_00ff, 0x8000_000f, -0x8000_0000 + 0xf],
    ["a | b", 0x8000_0000, 1, -0x7fff_ffff],
    ["a ^ b", 0x8000_0001, 1, -0x8000_0000],
    ["a << b", 3, 31, -0x8000_0000],
    ["a << b", 3, 33, 6],
    ["a >> b", 0x8000_0000, 4, -0x0800_0000],
    ["a >>> b", 0x8000_0000, 36, 0x0800_0000],
    ["(a >>> b) + 1 - 1", 0xffff_ffff, 0, -1],
    ["Math.imul(a, b)", 0xffff_ffff, 7, -7],
    ["swap16(a) + b", 0x1_1234, 0, 0x3412],
    ["swap32(a) | b", 0x0102_0304, 0, 0x0403_0201],
  ] as const;
  for (const [expression, a, b, expected] of bits) {
    it(`${expression} is ${expected} for a = ${a}, b = ${b}`, () => {
      assert.equal(outOf(`args.out = ${expression};`, { a, b }), expected);
    });
  }

  it("reads only the low 32 bits of what bit operators take", () => {
    // a * 16 + 5 has 36 bits.
    assert.equal(outOf("args.out = (a * 16 + 5) & 0xff;", { a: 0xffff_fff1 }), 0x15);
    assert.equal(outOf("args.out = (a * 16 + 5) >> 4;", { a: 0xf800_0000 }), -0x0800_0000);
  });

  it("keeps the sign where a bit operator's result is computed with", () => {
    assert.equal(outOf("args.out = (a | 0) + 1;", { a: 0xffff_fff0 }), -15);
    assert.equal(calculate("return (a ^ b) < 0 ? 1 : 2;", { a: 0x8000_0000, b: 5 }), 1);
    assert.equal(wideOf("args.wide = BigInt((a & b) >>> 0);", { a: 0xffff_ffff, b: 0xf000_0000 }), 0xf000_0000n);
  });

  it("refuses a bare quotient, and a divisor that may be 0", () => {
    assertRefused(calculation("return a / 2;"), "E303", "a / 2");
    assertRefused(calculation("return a % b;"), "E304", "a % b");
    assert.equal(calculate("if (b === 0) return 1;\nreturn a % b;", { a: 9, b: 4 }), 1);
  });
});

describe("arithmetic on u64s", () => {
  it("wraps in stores and by u64wrap", () => {
    assert.equal(wideOf("args.wide = x * y;", { x: 2n ** 63n + 3n, y: 2n }), 6n);
    assert.equal(wideOf("args.wide = u64wrap(x - y) >> 60n;", { x: 1n, y: 2n }), 15n);
  });

  const wide = [
    ["x / y", 100n, 7n, 14n],
    ["x % y", 100n, 7n, 2n],
    ["x & y", 0xff00_0000_0000_00ffn, 0xf0f0_0000_0000_000fn, 0xf000_0000_0000_000fn],
    ["x | y", 2n ** 63n, 1n, 2n ** 63n + 1n],
    ["x ^ y", 2n ** 64n - 1n, 1n, 2n ** 64n - 2n],
    ["x << (y & 63n)", 3n, 63n, 2n ** 63n],
    ["x >> (y & 63n)", 2n ** 63n, 62n, 2n],
  ] as const;
  for (const [expression, x, y, expected] of wide) {
    it(`${expression} is ${expected} for x = ${x}, y = ${y}`, () => {
      assert.equal(wideOf(`if (y === 0n) return 1;\nargs.wide = ${expression};`, { x, y }), expected);
    });
  }

  it("does not look at a value that may have left its 64 bits", () => {
    assertRefused(calculation("return x + y > 5n ? 1 : 0;"), "E305", "x + y > 5n");
    assertRefused(calculation("return (x + y) >> 3n === 1n ? 1 : 0;"), "E305", "(x + y) >> 3n");
  });

  it("does not mix with numbers, and has no >>>", () => {
    assertRefused(calculation("args.wide = x + a;"), "E307", "x + a");
    assertRefused(calculation("args.wide = x >>> 3n;"), "E310", "x >>> 3n");
  });

  it("is shifted by at most 63", () => {
    assertRefused(calculation("args.wide = x << y;"), "E310", "x << y");
  });
});
