import { it } from "node:test";
import { buildIr } from "../ir/builder.ts";
import { mergeBlocks } from "./merge-blocks.ts";
import { orderBlocks } from "./order-blocks.ts";
import { removeDeadValues } from "./remove-dead-values.ts";
import { removeEmptyDecisions } from "./remove-empty-decisions.ts";
import { assertRewrite } from "./testing/rewrite.ts";

it("removeDeadValues drops unread loads, pure helpers and unused stack objects; effects stay", () => {
  const b = buildIr("f", {
    slots: [
      { size: 8, align: 8, name: "used" },
      { size: 8, align: 8, name: "unused" },
    ],
  });
  const map = b.value("pointer", { kind: "mapValueAddress", map: "m" });
  b.value("none", { kind: "slotStart", slot: 0 });
  b.value("none", { kind: "slotStart", slot: 1 });
  const used = b.value("pointer", { kind: "slotAddress", slot: 0 });
  b.value("pointer", { kind: "slotAddress", slot: 1 });
  const word = b.value("int", { kind: "load", base: map, offset: 0, size: 4, signed: false, swap: false });
  b.arith("add", word, b.int(1));
  b.value("none", { kind: "store", base: used, offset: 0, size: 4, swap: false, value: b.int(7) });
  const call = { kind: "helper", id: 7, args: [], bounds: { low: 0n, high: 9n } } as const;
  b.value("int", { ...call, name: "random", pure: true });
  b.value("int", { ...call, name: "redirect", pure: false });
  b.value("u64", { kind: "atomic", operator: "add", base: map, offset: 8, size: 8, value: b.u64(1n), expected: null });
  b.ret(b.int(0));
  assertRewrite(
    b.fn,
    [removeDeadValues],
    `
      slot0: 8 bytes, aligned to 8: used
      slot1: 8 bytes, aligned to 8: unused
    b0:
      v0: pointer 1..18446744073709551615 = mapValueAddress m
      slotStart slot0
      slotStart slot1
      v3: pointer 1..18446744073709551615 = slotAddress slot0
      v4: pointer 1..18446744073709551615 = slotAddress slot1
      v5: int 0..4294967295 = load4 [v0 + 0]
      v7: int 1..4294967296 = v5 + 1
      store4 [v3 + 0] = 7
      v10: int 0..9 = pure helper random()
      v11: int 0..9 = helper redirect()
      v13: u64 0..18446744073709551615 = atomic8 add [v0 + 8] 1n
      return 0`,
    `
      slot0: 8 bytes, aligned to 8: used
      slot1: 8 bytes, aligned to 8: unused
    b0:
      v0: pointer 1..18446744073709551615 = mapValueAddress m
      slotStart slot0
      v3: pointer 1..18446744073709551615 = slotAddress slot0
      store4 [v3 + 0] = 7
      v11: int 0..9 = helper redirect()
      v13: u64 0..18446744073709551615 = atomic8 add [v0 + 8] 1n
      return 0`,
  );
});

it("removeEmptyDecisions takes away a test without consequences, and one around it", () => {
  const b = buildIr("f", { paramCount: 2 });
  const [outer, inner, innerElse, innerEnd, outerElse, end] = [
    b.block(),
    b.block(),
    b.block(),
    b.block(),
    b.block(),
    b.block(),
  ];
  const x = b.param(0, "int", 0n, 9n);
  b.branch(b.compare("<", x, b.int(5)), outer, outerElse);
  b.continueIn(outer);
  b.branch(b.compare("==", x, b.int(2)), inner, innerElse);
  for (const [block, target] of [
    [inner, innerEnd],
    [innerElse, innerEnd],
    [innerEnd, end],
    [outerElse, end],
  ] as const) {
    b.continueIn(block);
    b.jump(target);
  }
  b.continueIn(end);
  b.ret(x);
  assertRewrite(
    b.fn,
    [removeEmptyDecisions],
    `
    b0:
      v0: int 0..9 = param 0
      v2: bool 0..1 = v0 < 5
      branch v2 b1 else b5
    b1: from b0
      v4: bool 0..1 = v0 == 2
      branch v4 b2 else b3
    b2: from b1
      jump b4
    b3: from b1
      jump b4
    b4: from b2 b3
      jump b6
    b5: from b0
      jump b6
    b6: from b4 b5
      return v0`,
    `
    b0:
      v0: int 0..9 = param 0
      return v0`,
  );
});

it("mergeBlocks joins what only follows, orderBlocks puts predecessors first and the true side next", () => {
  const b = buildIr("f", { paramCount: 1 });
  const [last, no, yes, middle] = [b.block(), b.block({ cold: true }), b.block(), b.block()];
  b.jump(middle);
  b.continueIn(middle);
  b.branch(b.param(0, "bool", 0n, 1n), yes, no);
  b.continueIn(yes);
  const one = b.int(1);
  b.jump(last);
  b.continueIn(no);
  const two = b.int(2);
  b.jump(last);
  b.continueIn(last);
  b.ret(b.phi("int", [one, two]));
  assertRewrite(
    b.fn,
    [mergeBlocks, orderBlocks],
    `
    b0:
      jump b4
    b1: from b3 b2
      v3: int 1..2 = phi 1 2
      return v3
    b2: from b4 cold
      jump b1
    b3: from b4
      jump b1
    b4: from b0
      v0: bool 0..1 = param 0
      branch v0 b3 else b2`,
    `
    b0:
      v0: bool 0..1 = param 0
      branch v0 b3 else b2
    b3: from b0
      jump b1
    b2: from b0 cold
      jump b1
    b1: from b3 b2
      v3: int 1..2 = phi 1 2
      return v3`,
  );
});
