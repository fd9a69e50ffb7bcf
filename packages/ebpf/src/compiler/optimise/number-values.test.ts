import { describe, it } from "node:test";
import { buildIr } from "../ir/builder.ts";
import { numberValues } from "./number-values.ts";
import { assertRewrite } from "./testing/rewrite.ts";

const ADDRESS = 2n ** 64n - 1n;

describe("numberValues", () => {
  it("shares an offset, so that a bound proven once holds for both reads; loads stay apart", () => {
    const b = buildIr("f", { paramCount: 2 });
    const packet = b.param(0, "pointer", 0n, ADDRESS);
    const length = b.param(1, "int", 0n, 60n);
    const read = () => {
      const base = b.value("pointer", { kind: "offset", base: packet, amount: length });
      return b.value("int", { kind: "load", base, offset: 2, size: 2, signed: false, swap: true });
    };
    b.ret(b.arith("add", read(), read()));
    assertRewrite(
      b.fn,
      [numberValues],
      `
      b0:
        v0: pointer 0..18446744073709551615 = param 0
        v1: int 0..60 = param 1
        v2: pointer 1..18446744073709551615 = offset v0 by v1
        v3: int 0..65535 = load2 swapped [v2 + 2]
        v4: pointer 1..18446744073709551615 = offset v0 by v1
        v5: int 0..65535 = load2 swapped [v4 + 2]
        v6: int 0..131070 = v3 + v5
        return v6`,
      `
      b0:
        v0: pointer 0..18446744073709551615 = param 0
        v1: int 0..60 = param 1
        v2: pointer 1..18446744073709551615 = offset v0 by v1
        v3: int 0..65535 = load2 swapped [v2 + 2]
        v5: int 0..65535 = load2 swapped [v2 + 2]
        v6: int 0..131070 = v3 + v5
        return v6`,
    );
  });

  it("sees through refinements and the order of sides, and keeps what a narrower range told", () => {
    const b = buildIr("f", { paramCount: 2 });
    const x = b.param(0, "int", 0n, 255n);
    const y = b.param(1, "int", 0n, 255n);
    b.arith("add", x, y);
    const [yes, no] = [b.block(), b.block()];
    b.branch(b.compare("<", x, b.int(10)), yes, no);
    b.continueIn(yes);
    b.ret(b.arith("add", y, b.refine(x, "<", b.int(10))));
    b.continueIn(no);
    b.ret(b.arith("add", y, x));
    assertRewrite(
      b.fn,
      [numberValues],
      `
      b0:
        v0: int 0..255 = param 0
        v1: int 0..255 = param 1
        v2: int 0..510 = v0 + v1
        v4: bool 0..1 = v0 < 10
        branch v4 b1 else b2
      b1: from b0
        v6: int 0..9 = v0 where < 10
        v7: int 0..264 = v1 + v6
        return v7
      b2: from b0
        v8: int 0..510 = v1 + v0
        return v8`,
      `
      b0:
        v0: int 0..255 = param 0
        v1: int 0..255 = param 1
        v2: int 0..510 = v0 + v1
        v4: bool 0..1 = v0 < 10
        branch v4 b1 else b2
      b1: from b0
        v6: int 0..9 = v0 where < 10
        v7: int 0..264 = v2 within 0..264
        return v7
      b2: from b0
        return v2`,
    );
  });

  it("a comparison that a branch on the way has decided is a constant below it, and unknown beside it", () => {
    const b = buildIr("f", { paramCount: 2 });
    const x = b.param(0, "int", 0n, 255n);
    const y = b.param(1, "int", 0n, 255n);
    const [yes, no, again, other] = [b.block(), b.block(), b.block(), b.block()];
    b.branch(b.compare("<", x, y), yes, no);
    b.continueIn(yes);
    b.branch(b.compare("<", x, y), again, other);
    b.continueIn(again);
    b.ret(b.int(1));
    b.continueIn(other);
    b.ret(b.int(2));
    b.continueIn(no);
    b.ret(b.int(3));
    const [first, rest] = [
      `
      b0:
        v0: int 0..255 = param 0
        v1: int 0..255 = param 1
        v2: bool 0..1 = v0 < v1
        branch v2 b1 else b2`,
      `
      b2: from b0
        return 3
      b3: from b1
        return 1
      b4: from b1
        return 2`,
    ];
    assertRewrite(
      b.fn,
      [numberValues],
      `${first}
      b1: from b0
        v3: bool 0..1 = v0 < v1
        branch v3 b3 else b4${rest}`,
      `${first}
      b1: from b0
        branch true b3 else b4${rest}`,
    );
  });

  it("does not share what was computed on another way", () => {
    const b = buildIr("f", { paramCount: 2 });
    const x = b.param(0, "int", 0n, 255n);
    const [yes, no] = [b.block(), b.block()];
    b.branch(b.param(1, "bool", 0n, 1n), yes, no);
    for (const side of [yes, no]) {
      b.continueIn(side);
      b.ret(b.arith("mul", x, x));
    }
    const listing = `
      b0:
        v0: int 0..255 = param 0
        v1: bool 0..1 = param 1
        branch v1 b1 else b2
      b1: from b0
        v2: int 0..65025 = v0 * v0
        return v2
      b2: from b0
        v3: int 0..65025 = v0 * v0
        return v3`;
    assertRewrite(b.fn, [numberValues], listing, listing);
  });
});
