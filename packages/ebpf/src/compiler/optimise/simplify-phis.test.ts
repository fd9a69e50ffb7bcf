import { describe, it } from "node:test";
import { buildIr } from "../ir/builder.ts";
import { simplifyPhis } from "./simplify-phis.ts";
import { assertRewrite } from "./testing/rewrite.ts";

describe("simplifyPhis", () => {
  it("a loop that never changes a variable does not merge it", () => {
    const b = buildIr("f", { paramCount: 2 });
    const x = b.param(0, "int", 0n, 255n);
    const [header, round, exit] = [b.block(), b.block(), b.block()];
    b.jump(header);
    b.continueIn(header);
    const phi = b.phi("int", [x]);
    b.branch(b.param(1, "bool", 0n, 1n), round, exit);
    b.continueIn(round);
    b.addInput(phi, b.fit(phi, 0n, 255n));
    b.jump(header);
    b.continueIn(exit);
    b.ret(phi);
    assertRewrite(
      b.fn,
      [simplifyPhis],
      `
      b0:
        v0: int 0..255 = param 0
        jump b1
      b1: from b0 b2
        v1: int 0..255 = phi v0 v3
        v2: bool 0..1 = param 1
        branch v2 b2 else b3
      b2: from b1
        v3: int 0..255 = v1 within 0..255
        jump b1
      b3: from b1
        return v1`,
      `
      b0:
        v0: int 0..255 = param 0
        jump b1
      b1: from b0 b2
        v2: bool 0..1 = param 1
        branch v2 b2 else b3
      b2: from b1
        v3: int 0..255 = v0 within 0..255
        jump b1
      b3: from b1
        return v0`,
    );
  });

  it("a variable tested on both sides is still itself, and what the tests told is kept", () => {
    const b = buildIr("f", { paramCount: 1 });
    const x = b.param(0, "int", 0n, 255n);
    const [small, large, huge, middle, both] = [b.block(), b.block(), b.block(), b.block(), b.block()];
    b.branch(b.compare("<", x, b.int(10)), small, large);
    b.continueIn(small);
    const below = b.refine(x, "<", b.int(10));
    b.jump(both);
    b.continueIn(large);
    const from10 = b.refine(x, ">=", b.int(10));
    b.branch(b.compare(">", from10, b.int(99)), huge, middle);
    b.continueIn(huge);
    b.ret(b.int(0));
    b.continueIn(middle);
    const to99 = b.refine(from10, "<=", b.int(99));
    b.jump(both);
    b.continueIn(both);
    b.ret(b.phi("int", [below, to99]));
    const sides = `
      b1: from b0
        v4: int 0..9 = v0 where < 10
        jump b5
      b2: from b0
        v6: int 10..255 = v0 where >= 10
        v8: bool 0..1 = v6 > 99
        branch v8 b3 else b4
      b3: from b2
        return 0
      b4: from b2
        v11: int 10..99 = v6 where <= 99
        jump b5`;
    const entry = `
      b0:
        v0: int 0..255 = param 0
        v2: bool 0..1 = v0 < 10
        branch v2 b1 else b2${sides}`;
    assertRewrite(
      b.fn,
      [simplifyPhis],
      `${entry}
      b5: from b1 b4
        v12: int 0..99 = phi v4 v11
        return v12`,
      `${entry}
      b5: from b1 b4
        v12: int 0..99 = v0 within 0..99
        return v12`,
    );
  });
});
