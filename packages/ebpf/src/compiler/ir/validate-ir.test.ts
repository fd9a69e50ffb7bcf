import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IrBuilder } from "./builder.ts";
import { buildIr } from "./builder.ts";
import type { Block, Value } from "./ir.ts";
import { validateIr } from "./validate-ir.ts";

interface Diamond {
  readonly b: IrBuilder;
  readonly yes: Block;
  readonly no: Block;
  readonly end: Block;
  readonly inYes: Value;
  readonly phi: Value;
}

/** `x = c ? 1 + 1 : 2; return x` */
function diamond(): Diamond {
  const b = buildIr("f", { paramCount: 1 });
  const [yes, no, end] = [b.block(), b.block(), b.block()];
  b.branch(b.param(0, "bool", 0n, 1n), yes, no);
  b.continueIn(yes);
  const one = b.int(1);
  const inYes = b.arith("add", one, one);
  b.jump(end);
  b.continueIn(no);
  const two = b.int(2);
  b.jump(end);
  b.continueIn(end);
  const phi = b.phi("int", [inYes, two]);
  b.ret(phi);
  return { b, yes, no, end, inYes, phi };
}

describe("validateIr", () => {
  it("accepts a graph that keeps the rules", () => {
    assert.doesNotThrow(() => validateIr(diamond().b.fn));
  });

  const faults: readonly (readonly [string, (d: Diamond) => void, RegExp])[] = [
    [
      "a use that its definition does not reach",
      ({ no, inYes, b }) => {
        b.continueIn(no);
        b.arith("add", inYes, inYes);
      },
      /v\d+ is not defined before it is read/,
    ],
    [
      "a use before the definition in one block",
      ({ yes }) => {
        yes.body.reverse();
      },
      /is not defined before it is read/,
    ],
    [
      "a phi input that does not reach its predecessor",
      ({ phi, inYes }) => {
        if (phi.op.kind === "phi") phi.op.inputs[1] = inYes;
      },
      /input v2 does not reach b2/,
    ],
    [
      "a phi with an input too few",
      ({ phi }) => {
        if (phi.op.kind === "phi") phi.op.inputs.pop();
      },
      /1 inputs for 2 predecessors/,
    ],
    [
      "a block without an end",
      ({ no }) => {
        no.end = null;
      },
      /b2 has no end/,
    ],
    [
      "an edge that only one side knows",
      ({ end }) => {
        end.preds.pop();
      },
      /b3 does not know its predecessor b2/,
    ],
    [
      "a branch with one target",
      ({ b, yes }) => {
        const [entry] = b.fn.blocks;
        if (entry?.end?.kind === "branch") entry.end = { ...entry.end, ifFalse: yes };
      },
      /both sides of b0's branch are the same block/,
    ],
    [
      "a type that its operation does not take",
      ({ b, end, phi }) => {
        b.continueIn(end);
        b.bits64("and", phi, phi);
      },
      /is int and should be u64/,
    ],
    [
      "a branch on a number",
      ({ b, end, phi }) => {
        b.continueIn(end);
        const [left, right] = [b.block(), b.block()];
        b.branch(phi, left, right);
        for (const block of [left, right]) {
          b.continueIn(block);
          b.ret(null);
        }
      },
      /branches on the int v/,
    ],
    [
      "a value listed twice",
      ({ end, phi }) => {
        end.phis.push(phi);
      },
      /no id of its own/,
    ],
  ];
  for (const [what, breakIt, message] of faults) {
    it(`throws on ${what}`, () => {
      const broken = diamond();
      breakIt(broken);
      assert.throws(() => validateIr(broken.b.fn), message);
    });
  }
});
