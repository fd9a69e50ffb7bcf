import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildIr } from "../ir/builder.ts";
import { foldBranches } from "./fold-branches.ts";
import { removeUnreachable } from "./remove-unreachable.ts";
import { assertRewrite } from "./testing/rewrite.ts";

describe("foldBranches, then removeUnreachable", () => {
  it("jumps where the condition is known, and the other side goes with its edges", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const [yes, no, both] = [b.block(), b.block(), b.block()];
    b.branch(b.compare("<", x, b.int(256)), yes, no);
    b.continueIn(yes);
    const one = b.int(1);
    b.jump(both);
    b.continueIn(no);
    const two = b.int(2);
    b.jump(both);
    b.continueIn(both);
    b.ret(b.phi("int", [one, two]));
    assertRewrite(
      b.fn,
      [foldBranches, removeUnreachable],
      `
      b0:
        v0: int 0..255 = param 0
        v2: bool 1..1 = v0 < 256
        branch v2 b1 else b2
      b1: from b0
        jump b3
      b2: from b0
        jump b3
      b3: from b1 b2
        v5: int 1..1 = phi 1 2
        return v5`,
      `
      b0:
        v0: int 0..255 = param 0
        v2: bool 1..1 = v0 < 256
        jump b1
      b1: from b0
        jump b3
      b3: from b1
        v5: int 1..1 = phi 1
        return v5`,
    );
  });

  it("does not go where a value can never be computed", () => {
    const b = buildIr("f", { paramCount: 2 });
    const x = b.param(0, "int", 0n, 9n);
    const [yes, no] = [b.block(), b.block()];
    b.branch(b.param(1, "bool", 0n, 1n), yes, no);
    b.continueIn(yes);
    b.ret(b.refine(x, ">", b.int(9)));
    b.continueIn(no);
    b.ret(x);
    assertRewrite(
      b.fn,
      [foldBranches, removeUnreachable],
      `
      b0:
        v0: int 0..9 = param 0
        v1: bool 0..1 = param 1
        branch v1 b1 else b2
      b1: from b0
        v3: int = v0 where > 9
        return v3
      b2: from b0
        return v0`,
      `
      b0:
        v0: int 0..9 = param 0
        v1: bool 0..1 = param 1
        jump b2
      b2: from b0
        return v0`,
    );
  });

  it("refuses a function whose ranges were never computed", () => {
    const b = buildIr("f");
    b.ret(b.int(1));
    assert.throws(() => foldBranches(b.fn), /f is optimised before its ranges are known/);
  });
});
