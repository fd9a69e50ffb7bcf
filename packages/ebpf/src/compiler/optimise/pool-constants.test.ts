import assert from "node:assert/strict";
import { it } from "node:test";
import { buildIr } from "../ir/builder.ts";
import { validateIr } from "../ir/validate-ir.ts";
import { poolConstants } from "./pool-constants.ts";

it("poolConstants keeps each constant once, at the start of the entry; types stay apart", () => {
  const b = buildIr("f");
  const next = b.block();
  b.u64(7n);
  b.jump(next);
  b.continueIn(next);
  const sum = b.arith("add", b.int(7), b.int(7));
  b.ret(sum);
  poolConstants(b.fn);
  validateIr(b.fn);
  assert.deepEqual(
    b.fn.blocks[0]?.body.map(({ type, op }) => [type, op.kind === "const" ? op.value : null]),
    [
      ["u64", 7n],
      ["int", 7n],
    ],
  );
  assert.deepEqual(next.body, [sum]);
  assert.ok(sum.op.kind === "arith" && sum.op.left === sum.op.right);
});
