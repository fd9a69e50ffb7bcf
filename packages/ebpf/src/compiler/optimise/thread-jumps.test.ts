import { describe, it } from "node:test";
import type { IrBuilder } from "../ir/builder.ts";
import { buildIr } from "../ir/builder.ts";
import type { Value } from "../ir/ir.ts";
import { poolConstants } from "./pool-constants.ts";
import { simplifyPhis } from "./simplify-phis.ts";
import { assertRewrite } from "./testing/rewrite.ts";
import { threadJumps } from "./thread-jumps.ts";

const ADDRESS = 2n ** 64n - 1n;

function load(b: IrBuilder, base: Value): Value {
  return b.value("int", { kind: "load", base, offset: 0, size: 2, signed: false, swap: false });
}

describe("threadJumps", () => {
  it("an inlined function's null goes straight to the caller's test, and its reference needs none", () => {
    const b = buildIr("f", { paramCount: 2 });
    const end = b.param(1, "pointer", 0n, ADDRESS);
    const start = b.value("pointer", { kind: "offset", base: b.param(0, "pointer", 0n, ADDRESS), amount: b.int(14) });
    const [outside, inside, returned, isNull, isThere] = [b.block(), b.block(), b.block(), b.block(), b.block()];
    b.branch(b.compare(">", start, end), outside, inside);
    b.continueIn(outside);
    const none = b.nullPointer();
    b.jump(returned);
    b.continueIn(inside);
    b.jump(returned);
    b.continueIn(returned);
    const result = b.phi("pointer", [none, start]);
    b.branch(b.compare("==", result, b.nullPointer()), isNull, isThere);
    b.continueIn(isNull);
    b.ret(b.int(0));
    b.continueIn(isThere);
    b.ret(load(b, b.refine(result, "!=", b.nullPointer())));
    assertRewrite(
      b.fn,
      [poolConstants, threadJumps, simplifyPhis],
      `
      b0:
        v0: pointer 0..18446744073709551615 = param 1
        v1: pointer 0..18446744073709551615 = param 0
        v3: pointer 1..18446744073709551615 = offset v1 by 14
        v4: bool 0..1 = v3 > v0
        branch v4 b1 else b2
      b1: from b0
        jump b3
      b2: from b0
        jump b3
      b3: from b1 b2
        v6: pointer 0..18446744073709551615 = phi null v3
        v8: bool 0..1 = v6 == null
        branch v8 b4 else b5
      b4: from b3
        return 0
      b5: from b3
        v11: pointer 1..18446744073709551615 = v6 where != null
        v12: int 0..65535 = load2 [v11 + 0]
        return v12`,
      `
      b0:
        v0: pointer 0..18446744073709551615 = param 1
        v1: pointer 0..18446744073709551615 = param 0
        v3: pointer 1..18446744073709551615 = offset v1 by 14
        v4: bool 0..1 = v3 > v0
        branch v4 b1 else b2
      b1: from b0
        jump b4
      b2: from b0
        jump b5
      b4: from b1
        return 0
      b5: from b2
        v11: pointer 1..18446744073709551615 = v3 where != null
        v12: int 0..65535 = load2 [v11 + 0]
        return v12`,
    );
  });

  it("a way that leaves the outcome open still goes through the test", () => {
    const b = buildIr("f", { paramCount: 2 });
    const first = b.param(0, "bool", 0n, 1n);
    const [known, open, returned, yes, no] = [b.block(), b.block(), b.block(), b.block(), b.block()];
    b.branch(first, known, open);
    b.continueIn(known);
    const truth = b.bool(true);
    b.jump(returned);
    b.continueIn(open);
    const second = b.param(1, "bool", 0n, 1n);
    b.jump(returned);
    b.continueIn(returned);
    const result = b.phi("bool", [truth, second]);
    b.branch(result, yes, no);
    b.continueIn(yes);
    b.ret(b.int(1));
    b.continueIn(no);
    b.ret(b.int(0));
    assertRewrite(
      b.fn,
      [poolConstants, threadJumps, simplifyPhis],
      `
      b0:
        v0: bool 0..1 = param 0
        branch v0 b1 else b2
      b1: from b0
        jump b3
      b2: from b0
        v2: bool 0..1 = param 1
        jump b3
      b3: from b1 b2
        v3: bool 0..1 = phi true v2
        branch v3 b4 else b5
      b4: from b3
        return 1
      b5: from b3
        return 0`,
      `
      b0:
        v0: bool 0..1 = param 0
        branch v0 b1 else b2
      b1: from b0
        jump b4
      b2: from b0
        v2: bool 0..1 = param 1
        jump b3
      b3: from b2
        branch v2 b4 else b5
      b4: from b3 b1
        return 1
      b5: from b3
        return 0`,
    );
  });

  it("a switch over what was returned is threaded case by case; the phi moves along", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const [zero, other, returned, is0, not0, is1, is2] = [
      b.block(),
      b.block(),
      b.block(),
      b.block(),
      b.block(),
      b.block(),
      b.block(),
    ];
    b.branch(b.compare("==", x, b.int(0)), zero, other);
    b.continueIn(zero);
    const one = b.int(1);
    b.jump(returned);
    b.continueIn(other);
    const masked = b.bits("and", x, b.int(3));
    b.jump(returned);
    b.continueIn(returned);
    const verdict = b.phi("int", [one, masked]);
    const nothing = b.int(0);
    b.branch(b.compare("==", verdict, nothing), is0, not0);
    b.continueIn(is0);
    b.ret(b.int(10));
    b.continueIn(not0);
    const rest = b.refine(verdict, "!=", nothing);
    b.branch(b.compare("==", rest, b.int(1)), is1, is2);
    b.continueIn(is1);
    b.ret(b.int(11));
    b.continueIn(is2);
    b.ret(rest);
    assertRewrite(
      b.fn,
      [poolConstants, threadJumps, simplifyPhis],
      `
      b0:
        v0: int 0..255 = param 0
        v2: bool 0..1 = v0 == 0
        branch v2 b1 else b2
      b1: from b0
        jump b3
      b2: from b0
        v5: int 0..3 = v0 & 3
        jump b3
      b3: from b1 b2
        v6: int 0..3 = phi 1 v5
        v8: bool 0..1 = v6 == 0
        branch v8 b4 else b5
      b4: from b3
        return 10
      b5: from b3
        v10: int 1..3 = v6 where != 0
        v12: bool 0..1 = v10 == 1
        branch v12 b6 else b7
      b6: from b5
        return 11
      b7: from b5
        return v10`,
      `
      b0:
        v0: int 0..255 = param 0
        v2: bool 0..1 = v0 == 0
        branch v2 b1 else b2
      b1: from b0
        jump b5
      b2: from b0
        v5: int 0..3 = v0 & 3
        jump b3
      b3: from b2
        v8: bool 0..1 = v5 == 0
        branch v8 b4 else b5
      b4: from b3
        return 10
      b5: from b3 b1
        v14: int 0..3 = phi v5 1
        v10: int 1..3 = v14 where != 0
        v12: bool 0..1 = v10 == 1
        branch v12 b6 else b7
      b6: from b5
        return 11
      b7: from b5
        return v10`,
    );
  });

  it("a loop's header is not skipped: the loop would get a second entry", () => {
    const b = buildIr("f", { paramCount: 1 });
    const map = b.value("pointer", { kind: "mapValueAddress", map: "m" });
    const zero = b.int(0);
    const [header, round, exit] = [b.block(), b.block(), b.block()];
    b.jump(header);
    b.continueIn(header);
    const i = b.phi("int", [zero]);
    b.branch(b.compare("<", i, b.int(6)), round, exit);
    b.continueIn(round);
    b.value("none", { kind: "store", base: map, offset: 0, size: 1, swap: false, value: i });
    b.addInput(i, b.arith("add", b.refine(i, "<", b.int(6)), b.int(1)));
    b.jump(header);
    b.continueIn(exit);
    b.ret(b.int(0));
    const listing = `
      b0:
        v0: pointer 1..18446744073709551615 = mapValueAddress m
        jump b1
      b1: from b0 b2
        v2: int 0..6 = phi 0 v9
        v4: bool 0..1 = v2 < 6
        branch v4 b2 else b3
      b2: from b1
        store1 [v0 + 0] = v2
        v7: int 0..5 = v2 where < 6
        v9: int 1..6 = v7 + 1
        jump b1
      b3: from b1
        return 0`;
    assertRewrite(b.fn, [poolConstants, threadJumps], listing, listing);
  });

  it("a block that does something besides deciding is not skipped", () => {
    const b = buildIr("f", { paramCount: 1 });
    const [left, right, decision, yes, no] = [b.block(), b.block(), b.block(), b.block(), b.block()];
    b.branch(b.param(0, "bool", 0n, 1n), left, right);
    b.continueIn(left);
    const truth = b.bool(true);
    b.jump(decision);
    b.continueIn(right);
    const untruth = b.bool(false);
    b.jump(decision);
    b.continueIn(decision);
    const result = b.phi("bool", [truth, untruth]);
    b.value("int", { kind: "helper", id: 1, name: "count", args: [], bounds: { low: 0n, high: 0n }, pure: false });
    b.branch(result, yes, no);
    b.continueIn(yes);
    b.ret(b.int(1));
    b.continueIn(no);
    b.ret(b.int(0));
    const listing = `
      b0:
        v0: bool 0..1 = param 0
        branch v0 b1 else b2
      b1: from b0
        jump b3
      b2: from b0
        jump b3
      b3: from b1 b2
        v3: bool 0..1 = phi true false
        v4: int 0..0 = helper count()
        branch v3 b4 else b5
      b4: from b3
        return 1
      b5: from b3
        return 0`;
    assertRewrite(b.fn, [threadJumps], listing, listing);
  });
});
