import assert from "node:assert/strict";
import { it } from "node:test";
import { analyseRanges } from "../ranges/analyse-ranges.ts";
import { buildIr } from "./builder.ts";
import { printIr } from "./print-ir.ts";

it("printIr shows blocks, ranges once they are known, and constants where they are read", () => {
  const b = buildIr("count", { paramCount: 2, slots: [{ size: 16, align: 8, name: "Flow" }] });
  const n = b.param(0, "int", 0n, 255n);
  const zero = b.int(0);
  const flow = b.value("pointer", { kind: "slotStart", slot: 0 });
  const [header, round, exit] = [b.block(), b.block(), b.block({ cold: true })];
  b.jump(header);
  b.continueIn(header);
  const i = b.phi("int", [zero]);
  b.branch(b.compare("<", i, n), round, exit);
  b.continueIn(round);
  const inside = b.refine(i, "<", n);
  const place = b.value("pointer", { kind: "offset", base: flow, amount: b.bits("and", inside, b.int(7)) });
  b.value("none", { kind: "store", base: place, offset: 4, size: 2, swap: true, value: inside });
  b.value("int", {
    kind: "helper",
    id: 7,
    name: "get_prandom_u32",
    args: [],
    bounds: { low: 0n, high: 9n },
    pure: true,
  });
  b.addInput(i, b.arith("add", inside, b.int(1)));
  b.jump(header);
  b.continueIn(exit);
  b.ret(i);
  assert.match(printIr(b.fn), /^function count\n.*\n.*\n {2}v0: int = param 0\n/);
  analyseRanges(b.fn);
  assert.equal(
    printIr(b.fn),
    `function count
  slot0: 16 bytes, aligned to 8: Flow
b0:
  v0: int 0..255 = param 0
  v2: pointer 1..18446744073709551615 = slotStart slot0
  jump b1
b1: from b0 b2
  v3: int 0..255 = phi 0 v12
  v4: bool 0..1 = v3 < v0
  branch v4 b2 else b3
b2: from b1
  v5: int 0..254 = v3 where < v0
  v7: int 0..7 = v5 & 7
  v8: pointer 1..18446744073709551615 = offset v2 by v7
  store2 swapped [v8 + 4] = v5
  v10: int 0..9 = pure helper get_prandom_u32()
  v12: int 1..255 = v5 + 1
  jump b1
b3: from b1 cold
  return v3`,
  );
});
