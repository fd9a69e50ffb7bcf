import { describe, it } from "node:test";
import { buildIr } from "../ir/builder.ts";
import { simplifyValues } from "./simplify-values.ts";
import { assertRewrite } from "./testing/rewrite.ts";

describe("simplifyValues", () => {
  it("folds what can only be one number", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const sum = b.arith("add", b.int(2), b.int(3));
    const high = b.bits("shr", x, b.int(8));
    b.ret(b.arith("add", sum, high));
    assertRewrite(
      b.fn,
      [simplifyValues],
      `
      b0:
        v0: int 0..255 = param 0
        v3: int 5..5 = 2 + 3
        v5: int 0..0 = v0 >>> 8
        v6: int 5..5 = v3 + v5
        return v6`,
      `
      b0:
        v0: int 0..255 = param 0
        return 5`,
    );
  });

  it("gives way to the operand where nothing changes, as its range shows", () => {
    const b = buildIr("f", { paramCount: 2 });
    const byte = b.param(0, "int", 0n, 255n);
    const masked = b.bits("and", byte, b.int(0xffff));
    const unsigned = b.unsigned32(masked);
    const sum = b.arith("add", b.int(0), unsigned);
    const fitted = b.fit(sum, 0n, 255n);
    const wide = b.wrap64(b.param(1, "u64", 0n, 2n ** 64n - 1n));
    b.value("none", {
      kind: "store",
      base: b.value("pointer", { kind: "mapValueAddress", map: "m" }),
      offset: 0,
      size: 8,
      swap: false,
      value: wide,
    });
    b.ret(fitted);
    assertRewrite(
      b.fn,
      [simplifyValues],
      `
      b0:
        v0: int 0..255 = param 0
        v2: int 0..255 = v0 & 65535
        v3: int 0..255 = v2 >>> 0
        v5: int 0..255 = 0 + v3
        v6: int 0..255 = v5 within 0..255
        v7: u64 0..18446744073709551615 = param 1
        v8: u64 0..18446744073709551615 = wrap64 v7
        v9: pointer 1..18446744073709551615 = mapValueAddress m
        store8 [v9 + 0] = v8
        return v6`,
      `
      b0:
        v0: int 0..255 = param 0
        v2: int 0..255 = v0 & 65535
        v3: int 0..255 = v0 >>> 0
        v5: int 0..255 = v0 + 0
        v6: int 0..255 = v0 within 0..255
        v7: u64 0..18446744073709551615 = param 1
        v8: u64 0..18446744073709551615 = wrap64 v7
        v9: pointer 1..18446744073709551615 = mapValueAddress m
        store8 [v9 + 0] = v7
        return v0`,
    );
  });

  it("keeps a mask, a wrap or a sign that may change something", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 256n);
    const masked = b.bits("and", x, b.int(0xff));
    const signed = b.bits("or", b.param(0, "int", 0n, 2n ** 32n - 1n), b.int(0));
    b.ret(b.arith("add", masked, b.unsigned32(signed)));
    const listing = `
      b0:
        v0: int 0..256 = param 0
        v2: int 0..255 = v0 & 255
        v3: int 0..4294967295 = param 0
        v5: int -2147483648..2147483647 = v3 | 0
        v6: int 0..4294967295 = v5 >>> 0
        v7: int 0..4294967550 = v2 + v6
        return v7`;
    assertRewrite(b.fn, [simplifyValues], listing, listing);
  });

  it("moves constants to the right and turns 'not' into the opposite comparison", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const less = b.compare("<", b.int(7), x);
    const not = b.value("bool", { kind: "not", value: less });
    const again = b.compare("==", not, b.bool(false));
    const [yes, no] = [b.block(), b.block()];
    b.branch(again, yes, no);
    b.continueIn(yes);
    b.ret(b.int(1));
    b.continueIn(no);
    b.ret(b.int(0));
    assertRewrite(
      b.fn,
      [simplifyValues],
      `
      b0:
        v0: int 0..255 = param 0
        v2: bool 0..1 = 7 < v0
        v3: bool 0..1 = not v2
        v5: bool 0..1 = v3 == false
        branch v5 b1 else b2
      b1: from b0
        return 1
      b2: from b0
        return 0`,
      `
      b0:
        v0: int 0..255 = param 0
        v2: bool 0..1 = v0 > 7
        v3: bool 0..1 = v0 <= 7
        v5: bool 0..1 = v0 > 7
        branch v5 b1 else b2
      b1: from b0
        return 1
      b2: from b0
        return 0`,
    );
  });
});
