import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError } from "../diagnostic.ts";
import type { IrBuilder } from "../ir/builder.ts";
import { buildIr } from "../ir/builder.ts";
import type { Comparison, Range, Value } from "../ir/ir.ts";
import { validateIr } from "../ir/validate-ir.ts";
import { analyseRanges } from "./analyse-ranges.ts";
import { formatRange } from "./interval.ts";

/** The range of a value as it prints; "never" when the value is not computed. */
function shown(value: Value): string {
  return value.range === null ? "never" : formatRange(value.range);
}

function analyse(b: IrBuilder): void {
  validateIr(b.fn);
  analyseRanges(b.fn);
}

interface CountedLoop {
  readonly counter: Value;
  /** The counter where the loop's condition holds, and where it does not. */
  readonly inside: Value;
  readonly after: Value;
}

interface LoopShape {
  readonly start: Value;
  readonly comparison: Comparison;
  readonly limit: Value;
  readonly step: number;
  readonly bounds?: Range;
}

/** `for (let i = start; i comparison limit; i = i + step) body(i)`, continued behind the loop. */
function loop(b: IrBuilder, shape: LoopShape, body: (inside: Value) => void = () => {}): CountedLoop {
  const header = b.block();
  const round = b.block();
  const exit = b.block();
  const opposite = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "!=": "==", "==": "!=" } as const;
  b.jump(header);
  b.continueIn(header);
  const counter = b.phi("int", [shape.start], shape.bounds ?? null);
  b.branch(b.compare(shape.comparison, counter, shape.limit), round, exit);
  b.continueIn(round);
  const inside = b.refine(counter, shape.comparison, shape.limit);
  body(inside);
  const next = b.arith("add", inside, b.int(shape.step));
  b.addInput(counter, shape.bounds === undefined ? next : b.fit(next, shape.bounds.low, shape.bounds.high));
  b.jump(header);
  b.continueIn(exit);
  return { counter, inside, after: b.refine(counter, opposite[shape.comparison], shape.limit) };
}

const U8: Range = { low: 0n, high: 255n };
const U32: Range = { low: 0n, high: 2n ** 32n - 1n };

describe("analyseRanges: straight code and branches", () => {
  it("computes intervals from constants and parameters", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const sum = b.arith("add", b.arith("mul", x, b.int(4)), b.int(20));
    b.ret(sum);
    analyse(b);
    assert.equal(shown(sum), "20..1040");
  });

  it("knows more where a comparison holds and where it does not", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const [yes, no] = [b.block(), b.block()];
    b.branch(b.compare("<", x, b.int(20)), yes, no);
    b.continueIn(yes);
    const small = b.refine(x, "<", b.int(20));
    b.ret(small);
    b.continueIn(no);
    const large = b.refine(x, ">=", b.int(20));
    b.ret(large);
    analyse(b);
    assert.equal(shown(small), "0..19");
    assert.equal(shown(large), "20..255");
  });

  it("a divisor is at least 1 after the test against 0", () => {
    const b = buildIr("f", { paramCount: 1 });
    const n = b.param(0, "int", 0n, 255n);
    const [zero, more] = [b.block(), b.block()];
    b.branch(b.compare("==", n, b.int(0)), zero, more);
    b.continueIn(zero);
    b.ret(b.int(0));
    b.continueIn(more);
    const divisor = b.fit(b.refine(n, "!=", b.int(0)), 1n, 2n ** 53n);
    const quotient = b.arith("div", b.int(1000), divisor);
    b.ret(quotient);
    analyse(b);
    assert.equal(shown(divisor), "1..255");
    assert.equal(shown(quotient), "3..1000");
  });

  it("joins what comes from both sides of a branch", () => {
    const b = buildIr("f", { paramCount: 1 });
    const [yes, no, both] = [b.block(), b.block(), b.block()];
    b.branch(b.param(0, "bool", 0n, 1n), yes, no);
    b.continueIn(yes);
    const three = b.int(3);
    b.jump(both);
    b.continueIn(no);
    const nine = b.int(9);
    b.jump(both);
    b.continueIn(both);
    const phi = b.phi("int", [three, nine]);
    b.ret(phi);
    analyse(b);
    assert.equal(shown(phi), "3..9");
  });

  it("a branch that configuration decides vanishes: its other side is neither joined nor checked", () => {
    const b = buildIr("f");
    const [yes, no, both] = [b.block(), b.block(), b.block()];
    b.branch(b.compare("==", b.int(1), b.int(1)), yes, no);
    b.continueIn(yes);
    const three = b.int(3);
    b.jump(both);
    b.continueIn(no);
    const wrong = b.fit(b.int(70000), 0n, 65535n);
    b.jump(both);
    b.continueIn(both);
    const phi = b.phi("int", [three, wrong]);
    b.ret(phi);
    analyse(b);
    assert.equal(shown(phi), "3..3");
    assert.equal(shown(wrong), "never");
  });

  it("a reference is not null where the test says so", () => {
    const b = buildIr("f", { paramCount: 1 });
    const found = b.param(0, "pointer", 0n, 2n ** 64n - 1n);
    const [isNull, isThere] = [b.block({ cold: true }), b.block()];
    b.branch(b.compare("==", found, b.nullPointer()), isNull, isThere);
    b.continueIn(isNull);
    b.ret(b.int(0));
    b.continueIn(isThere);
    const tested = b.refine(found, "!=", b.nullPointer());
    const again = b.compare("==", tested, b.nullPointer());
    b.ret(b.value("int", { kind: "load", base: tested, offset: 0, size: 2, signed: false, swap: true }));
    analyse(b);
    assert.equal(shown(tested), "1..18446744073709551615");
    assert.equal(shown(again), "0..0");
  });

  it("gives up nothing of a u64 that left 64 bits and was wrapped when it cannot have left", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "u64", 0n, 2n ** 64n - 1n);
    const low = b.bits64("and", x, b.u64(0xffn));
    const kept = b.wrap64(b.arith("add", low, b.u64(1n)));
    const left = b.arith("add", x, b.u64(1n));
    const wrapped = b.wrap64(left);
    b.ret(wrapped);
    analyse(b);
    assert.equal(shown(kept), "1..256");
    assert.equal(shown(left), "1..18446744073709551616");
    assert.equal(shown(wrapped), "0..18446744073709551615");
  });
});

describe("analyseRanges: loops", () => {
  it("for (let i = 0; i < 6; i = i + 1): 0..6 at the header, 0..5 inside, 6 behind", () => {
    const b = buildIr("f");
    const { counter, inside, after } = loop(b, { start: b.int(0), comparison: "<", limit: b.int(6), step: 1 });
    b.ret(after);
    analyse(b);
    assert.deepEqual([counter, inside, after].map(shown), ["0..6", "0..5", "6..6"]);
  });

  it("the same with i declared as u8 or u32: the type's bound is only where the analysis starts from", () => {
    for (const bounds of [U8, U32]) {
      const b = buildIr("f");
      const { counter, inside } = loop(b, { start: b.int(0), comparison: "<", limit: b.int(6), step: 1, bounds });
      b.ret(counter);
      analyse(b);
      assert.deepEqual([counter, inside].map(shown), ["0..6", "0..5"]);
    }
  });

  it("for (let i = 10; i > 0; i = i - 1): 0..10 at the header, 1..10 inside", () => {
    const b = buildIr("f");
    const { counter, inside, after } = loop(b, { start: b.int(10), comparison: ">", limit: b.int(0), step: -1 });
    b.ret(after);
    analyse(b);
    assert.deepEqual([counter, inside, after].map(shown), ["0..10", "1..10", "0..0"]);
  });

  it("for (let i = 20; i !== 60; i = i + 1) stays below 60", () => {
    const b = buildIr("f");
    const { inside } = loop(b, { start: b.int(20), comparison: "!=", limit: b.int(60), step: 1 });
    b.ret(null);
    analyse(b);
    assert.equal(shown(inside), "20..59");
  });

  it("a limit n of type u8: 0..255 at the header, 0..254 inside", () => {
    const b = buildIr("f", { paramCount: 1 });
    const n = b.param(0, "int", 0n, 255n);
    const { counter, inside } = loop(b, { start: b.int(0), comparison: "<", limit: n, step: 1 });
    b.ret(counter);
    analyse(b);
    assert.deepEqual([counter, inside].map(shown), ["0..255", "0..254"]);
  });

  it("a limit that is no bound of any type is reached by narrowing", () => {
    const b = buildIr("f", { paramCount: 1 });
    const n = b.param(0, "int", 0n, 1500n);
    const { counter, inside } = loop(b, { start: b.int(0), comparison: "<", limit: n, step: 1 });
    b.ret(counter);
    analyse(b);
    assert.deepEqual([counter, inside].map(shown), ["0..1500", "0..1499"]);
  });

  it("nested loops, the inner one up to the outer counter", () => {
    for (const bounds of [undefined, U32]) {
      const b = buildIr("f");
      const shape = bounds === undefined ? {} : { bounds };
      let inner: CountedLoop | undefined;
      const outer = loop(b, { start: b.int(0), comparison: "<", limit: b.int(6), step: 1, ...shape }, (i) => {
        inner = loop(b, { start: b.int(0), comparison: "<", limit: i, step: 1, ...shape });
      });
      b.ret(outer.after);
      analyse(b);
      assert.deepEqual([outer.counter, outer.inside].map(shown), ["0..6", "0..5"]);
      assert.deepEqual(
        [inner?.counter, inner?.inside].map((value) => value && shown(value)),
        ["0..5", "0..4"],
      );
    }
  });

  it("an accumulator brought back to 32 bits in every round is a uint32", () => {
    const b = buildIr("f", { paramCount: 1 });
    const header = b.block();
    const round = b.block();
    const exit = b.block();
    const word = b.param(0, "int", 0n, 0xffffn);
    const zero = b.int(0);
    b.jump(header);
    b.continueIn(header);
    const i = b.phi("int", [zero]);
    const sum = b.phi("int", [zero]);
    b.branch(b.compare("<", i, b.int(10)), round, exit);
    b.continueIn(round);
    const next = b.unsigned32(b.arith("add", sum, word));
    b.addInput(sum, next);
    b.addInput(i, b.arith("add", b.refine(i, "<", b.int(10)), b.int(1)));
    b.jump(header);
    b.continueIn(exit);
    b.ret(sum);
    analyse(b);
    assert.equal(shown(sum), "0..4294967295");
  });

  it("a u64 that doubles for ever has no bound until it is wrapped", () => {
    const b = buildIr("f");
    const header = b.block();
    const one = b.u64(1n);
    b.jump(header);
    b.continueIn(header);
    const x = b.phi("u64", [one]);
    b.addInput(x, b.arith("mul", x, b.u64(2n)));
    const wrapped = b.wrap64(x);
    const again = b.block();
    const exit = b.block();
    b.branch(b.compare("!=", wrapped, b.u64(0n)), again, exit);
    b.continueIn(again);
    b.jump(header);
    b.continueIn(exit);
    b.ret(wrapped);
    analyse(b);
    assert.equal(shown(x), "1..∞");
    assert.equal(shown(wrapped), "0..18446744073709551615");
  });
});

describe("analyseRanges: refusals", () => {
  function refusals(b: IrBuilder): readonly string[] {
    validateIr(b.fn);
    try {
      analyseRanges(b.fn);
    } catch (error) {
      if (error instanceof CompileError) return error.diagnostics.map(({ rule, got }) => `${rule}: ${got}`);
      throw error;
    }
    return [];
  }

  it("a value that may not fit is told with its interval and the one it must keep to", () => {
    const b = buildIr("f", { paramCount: 1 });
    const sum = b.arith("add", b.param(0, "int", 0n, 65535n), b.int(1));
    b.ret(b.fit(sum, 0n, 65535n, { rule: "E302", subject: "x" }));
    assert.deepEqual(refusals(b), ["E302: x may be 1..65536, outside 0..65535"]);
  });

  it("a value that cannot fit at all is refused, and so is what comes after it", () => {
    const text = "first second";
    const source = { path: "test.ts", text };
    const b = buildIr("f", { at: { source, start: 0, end: 5 } });
    const first = b.fit(b.int(300), 0n, 255n, { subject: "first" });
    const second = {
      ...b.fit(b.arith("add", first, b.int(1)), 0n, 255n, { subject: "second" }),
      at: { source, start: 6, end: 12 },
    };
    b.current().body.pop();
    b.current().body.push(second);
    b.ret(null);
    assert.deepEqual(refusals(b), [
      "E302: first may be 300..300, outside 0..255",
      "E302: second may be 1..256, outside 0..255",
    ]);
  });

  it("the same place of a function inlined twice is refused once", () => {
    const b = buildIr("f");
    b.fit(b.int(300), 0n, 255n);
    b.fit(b.int(400), 0n, 255n);
    b.ret(null);
    assert.equal(refusals(b).length, 1);
  });

  it("an int result that V8 would round: 2^53 is still exact, 2^53 + 1 is refused", () => {
    const exact = buildIr("f");
    exact.ret(exact.arith("add", exact.int(2n ** 53n - 1n), exact.int(1)));
    assert.deepEqual(refusals(exact), []);
    const rounded = buildIr("f");
    rounded.ret(rounded.arith("add", rounded.int(2n ** 53n), rounded.int(1)));
    assert.deepEqual(refusals(rounded), [
      "E301: the result of '+' may be 9007199254740993..9007199254740993, outside ±2^53: V8 would round",
    ]);
  });

  it("a product of two uint32 is refused as int and allowed as u64", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 2n ** 32n - 1n);
    b.arith("mul", x, x);
    b.ret(null);
    assert.deepEqual(refusals(b), [
      "E301: the result of '*' may be 0..18446744065119617025, outside ±2^53: V8 would round",
    ]);
    const wide = buildIr("f", { paramCount: 1 });
    const y = wide.param(0, "u64", 0n, 2n ** 32n - 1n);
    wide.arith("mul", y, y);
    wide.ret(null);
    assert.deepEqual(refusals(wide), []);
  });

  it("a counter without a limit is refused where it grows", () => {
    const b = buildIr("f");
    const { after } = loop(b, { start: b.int(0), comparison: ">=", limit: b.int(0), step: 1 });
    b.ret(after);
    assert.match(refusals(b).join(), /^E301: the result of '\+' may be 1\.\.9007199254740993/);
  });

  it("a u8 that counts down past 0 is refused", () => {
    const b = buildIr("f");
    const { after } = loop(b, { start: b.int(5), comparison: ">=", limit: b.int(0), step: -1, bounds: U8 });
    b.ret(after);
    assert.match(refusals(b).join(), /^E302: the value may be -1\.\.4, outside 0\.\.255/);
  });
});
