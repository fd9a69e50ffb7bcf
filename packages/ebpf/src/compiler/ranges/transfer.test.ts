/** Every interval function against JavaScript's own operators: all intervals over small domains, and random ones over large. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ArithmeticOperator, BitOperator, Comparison, Range } from "../ir/ir.ts";
import { arithmeticRange } from "./arithmetic.ts";
import { bitRange, imulRange, swapRange, toInt32, toUint32 } from "./bit-operators.ts";
import { compareRange, refineRange } from "./comparison.ts";
import { formatRange } from "./interval.ts";
import { bitRange64, giveUpFarBounds, wrapRange64 } from "./u64.ts";

type Binary = (left: bigint, right: bigint) => bigint;
type BinaryRange = (left: Range, right: Range) => Range | null;

const onNumbers = (compute: (left: number, right: number) => number): Binary => {
  return (left, right) => BigInt(compute(Number(left), Number(right)));
};

const BITS: Readonly<Record<BitOperator, Binary>> = {
  and: onNumbers((left, right) => left & right),
  or: onNumbers((left, right) => left | right),
  xor: onNumbers((left, right) => left ^ right),
  shl: onNumbers((left, right) => left << right),
  sar: onNumbers((left, right) => left >> right),
  shr: onNumbers((left, right) => left >>> right),
};

const ARITHMETIC: Readonly<Record<ArithmeticOperator, Binary>> = {
  add: (left, right) => left + right,
  sub: (left, right) => left - right,
  mul: (left, right) => left * right,
  div: (left, right) => left / right,
  mod: (left, right) => left % right,
};

const BITS64 = {
  and: (left: bigint, right: bigint) => left & right,
  or: (left: bigint, right: bigint) => left | right,
  xor: (left: bigint, right: bigint) => left ^ right,
  shl: (left: bigint, right: bigint) => left << right,
  shr: (left: bigint, right: bigint) => left >> right,
} as const;

const COMPARISON: Readonly<Record<Comparison, (left: bigint, right: bigint) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function keys<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}

function intervalsWithin(low: bigint, high: bigint): Range[] {
  const found: Range[] = [];
  for (let from = low; from <= high; from += 1n)
    for (let to = from; to <= high; to += 1n) found.push({ low: from, high: to });
  return found;
}

function* membersOf(range: Range): Generator<bigint> {
  for (let member = range.low; member <= range.high; member += 1n) yield member;
}

/** All values of `compute` over two intervals, as the smallest interval that holds them. */
function hull(compute: Binary, left: Range, right: Range): Range | null {
  let result: Range | null = null;
  for (const a of membersOf(left)) {
    for (const b of membersOf(right)) {
      const value = compute(a, b);
      if (result === null) result = { low: value, high: value };
      else if (value < result.low) result = { low: value, high: result.high };
      else if (value > result.high) result = { low: result.low, high: value };
    }
  }
  return result;
}

function assertHolds(range: Range | null, exact: Range | null, what: string): void {
  if (exact === null) return;
  assert.ok(
    range !== null && range.low <= exact.low && range.high >= exact.high,
    `${what} must hold ${formatRange(exact)}`,
  );
}

function checkAll(
  name: string,
  range: BinaryRange,
  compute: Binary,
  lefts: Range[],
  rights: Range[],
  isTight: boolean,
): void {
  for (const left of lefts) {
    for (const right of rights) {
      const got = range(left, right);
      const exact = hull(compute, left, right);
      const what = `${formatRange(left)} ${name} ${formatRange(right)} = ${got === null ? "never" : formatRange(got)}`;
      assertHolds(got, exact, what);
      if (isTight) assert.deepEqual(got, exact, `${what} should be exact`);
    }
  }
}

describe("transfer functions over all small intervals", () => {
  const around0 = intervalsWithin(-6n, 6n);
  const natural = intervalsWithin(0n, 10n);
  const positive = intervalsWithin(1n, 8n);

  it("+ - * / have exactly the results of JavaScript's operators, % at least those", () => {
    for (const operator of ["add", "sub", "mul"] as const) {
      checkAll(operator, (a, b) => arithmeticRange(operator, a, b), ARITHMETIC[operator], around0, around0, true);
    }
    checkAll("div", (a, b) => arithmeticRange("div", a, b), ARITHMETIC.div, natural, positive, true);
    checkAll("mod", (a, b) => arithmeticRange("mod", a, b), ARITHMETIC.mod, natural, positive, false);
  });

  it("& | ^ on int32 hold every result", () => {
    for (const operator of ["and", "or", "xor"] as const) {
      checkAll(operator, (a, b) => bitRange(operator, a, b), BITS[operator], around0, around0, false);
    }
  });

  it("shifts by less than 32 are exact, by any amount they hold every result", () => {
    const amounts = intervalsWithin(0n, 4n);
    for (const operator of ["shl", "sar"] as const) {
      checkAll(operator, (a, b) => bitRange(operator, a, b), BITS[operator], around0, amounts, true);
    }
    checkAll("shr", (a, b) => bitRange("shr", a, b), BITS.shr, natural, amounts, true);
    for (const operator of ["shl", "sar", "shr"] as const) {
      checkAll(operator, (a, b) => bitRange(operator, a, b), BITS[operator], around0, intervalsWithin(29n, 35n), false);
    }
  });

  it("a comparison is decided exactly when all pairs agree", () => {
    for (const comparison of keys(COMPARISON)) {
      const compute: Binary = (a, b) => (COMPARISON[comparison](a, b) ? 1n : 0n);
      checkAll(comparison, (a, b) => compareRange(comparison, a, b), compute, natural, natural, true);
    }
  });

  it("a refinement keeps exactly the hull of the values for which the comparison can hold", () => {
    for (const comparison of keys(COMPARISON)) {
      for (const value of natural) {
        for (const other of natural) {
          const holds = [...membersOf(value)].filter((a) =>
            [...membersOf(other)].some((b) => COMPARISON[comparison](a, b)),
          );
          const [low, high] = [holds.at(0), holds.at(-1)];
          const exact = low === undefined || high === undefined ? null : { low, high };
          const what = `${formatRange(value)} where ${comparison} ${formatRange(other)}`;
          assert.deepEqual(refineRange(value, comparison, other), exact, what);
        }
      }
    }
  });
});

describe("transfer functions: bounds worked by hand", () => {
  const r = (low: bigint, high: bigint): Range => ({ low, high });
  const u32 = r(0n, 0xffff_ffffn);
  const int32 = r(-(2n ** 31n), 2n ** 31n - 1n);
  const cases: readonly (readonly [string, Range, string])[] = [
    ["u32 & 0xff00", bitRange("and", u32, r(0xff00n, 0xff00n)), "0..65280"],
    ["u32 & 0xff000000, a negative mask", bitRange("and", u32, r(0xff000000n, 0xff000000n)), "-2147483648..2147483647"],
    ["u32 >>> 24", bitRange("shr", u32, r(24n, 24n)), "0..255"],
    ["u32 >> 24", bitRange("sar", u32, r(24n, 24n)), "-128..127"],
    ["u8 << 24 reaches the sign", bitRange("shl", r(0n, 255n), r(24n, 24n)), "-2147483648..2147483647"],
    ["u8 << 8", bitRange("shl", r(0n, 255n), r(8n, 8n)), "0..65280"],
    ["(0..15) | (0..240)", bitRange("or", r(0n, 15n), r(0n, 240n)), "0..255"],
    ["(16..20) | (3..5)", bitRange("or", r(16n, 20n), r(3n, 5n)), "16..31"],
    ["(0..100) ^ (0..100)", bitRange("xor", r(0n, 100n), r(0n, 100n)), "0..127"],
    ["~(0..255)", bitRange("xor", r(0n, 255n), r(-1n, -1n)), "-256..-1"],
    ["u32 | 0 wraps", bitRange("or", u32, r(0n, 0n)), formatRange(int32)],
    ["(2^32)..(2^32+5) as int32", toInt32(r(2n ** 32n, 2n ** 32n + 5n)), "0..5"],
    ["(-1) >>> 0", toUint32(r(-1n, -1n)), "4294967295..4294967295"],
    ["(-5..-1) >>> 0", toUint32(r(-5n, -1n)), "4294967291..4294967295"],
    ["(-1..1) >>> 0", toUint32(r(-1n, 1n)), "0..4294967295"],
    ["imul(u8, u8)", imulRange(r(0n, 255n), r(0n, 255n)), "0..65025"],
    ["imul(u32, 2)", imulRange(u32, r(2n, 2n)), formatRange(int32)],
    ["swap16(0x1234)", swapRange(16, r(0x1234n, 0x1234n)), "13330..13330"],
    ["swap32(0x12345678)", swapRange(32, r(0x12345678n, 0x12345678n)), `${0x78563412}..${0x78563412}`],
    ["swap16(u16)", swapRange(16, r(0n, 0xffffn)), "0..65535"],
    ["u64 << 3", bitRange64("shl", r(0n, 2n ** 64n - 1n), r(3n, 3n)), `0..${(2n ** 64n - 1n) * 8n}`],
    ["u64 << 63 is given up", bitRange64("shl", r(0n, 2n ** 64n - 1n), r(63n, 63n)), "0..∞"],
    ["u64 >> 60", bitRange64("shr", r(0n, 2n ** 64n - 1n), r(60n, 60n)), "0..15"],
    ["u64wrap(-1n)", wrapRange64(r(-1n, -1n)), "18446744073709551615..18446744073709551615"],
    ["u64wrap(-1n..1n)", wrapRange64(r(-1n, 1n)), "0..18446744073709551615"],
    ["far bounds", giveUpFarBounds(r(-(2n ** 71n), 2n ** 71n)), "-∞..∞"],
  ];
  for (const [what, range, expected] of cases) {
    it(`${what} is ${expected}`, () => assert.equal(formatRange(range), expected));
  }
});

describe("transfer functions over random intervals", () => {
  /** Numbers near the places where something changes, and any others. */
  const edges = [0n, 1n, 127n, 128n, 255n, 256n, 2n ** 15n, 2n ** 16n, 2n ** 31n, 2n ** 32n, 2n ** 33n, 2n ** 53n];
  const near = (limit: bigint): fc.Arbitrary<bigint> =>
    fc.oneof(
      fc.bigInt({ min: -limit, max: limit }),
      fc
        .tuple(fc.constantFrom(...edges.filter((edge) => edge < limit)), fc.bigInt({ min: -2n, max: 2n }), fc.boolean())
        .map(([edge, delta, isNegative]) => (isNegative ? -(edge + delta) : edge + delta)),
    );
  /** An interval and a member of it. */
  const sample = (member: fc.Arbitrary<bigint>): fc.Arbitrary<readonly [Range, bigint]> =>
    fc.tuple(member, member, member).map((numbers) => {
      const [low = 0n, value = 0n, high = 0n] = numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      return [{ low, high }, value];
    });
  const int = sample(near(2n ** 53n));
  const u64 = sample(
    fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      near(2n ** 20n).map((x) => (x < 0n ? -x : x)),
    ),
  );

  function holds(range: Range | null, value: bigint): void {
    assert.ok(
      range !== null && range.low <= value && value <= range.high,
      `${value} is not in ${range && formatRange(range)}`,
    );
  }

  it("int32 operators", () => {
    for (const operator of keys(BITS)) {
      fc.assert(
        fc.property(int, int, ([left, a], [right, b]) => holds(bitRange(operator, left, right), BITS[operator](a, b))),
        { numRuns: 2000 },
      );
    }
    fc.assert(
      fc.property(int, int, ([left, a], [right, b]) =>
        holds(imulRange(left, right), BigInt(Math.imul(Number(a), Number(b)))),
      ),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(int, ([range, a]) => holds(toUint32(range), BigInt(Number(a) >>> 0))));
    fc.assert(fc.property(int, ([range, a]) => holds(toInt32(range), BigInt(Number(a) | 0))));
  });

  it("arithmetic", () => {
    for (const operator of keys(ARITHMETIC)) {
      fc.assert(
        fc.property(int, int, ([left, a], [right, b]) => {
          if ((operator === "div" || operator === "mod") && (left.low < 0n || right.low < 1n)) return;
          holds(arithmeticRange(operator, left, right), ARITHMETIC[operator](a, b));
        }),
        { numRuns: 2000 },
      );
    }
  });

  it("u64 operators", () => {
    for (const operator of keys(BITS64)) {
      const isShift = operator === "shl" || operator === "shr";
      const right = isShift ? sample(fc.bigInt({ min: 0n, max: 63n })) : u64;
      fc.assert(
        fc.property(u64, right, ([left, a], [amount, b]) =>
          holds(bitRange64(operator, left, amount), BITS64[operator](a, b)),
        ),
        { numRuns: 2000 },
      );
    }
    fc.assert(fc.property(sample(near(2n ** 66n)), ([range, a]) => holds(wrapRange64(range), BigInt.asUintN(64, a))));
    fc.assert(fc.property(sample(near(2n ** 90n)), ([range, a]) => holds(giveUpFarBounds(range), a)));
  });
});
