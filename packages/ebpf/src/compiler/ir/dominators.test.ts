import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { buildIr } from "./builder.ts";
import { findDominators, reversePostOrder } from "./dominators.ts";
import type { Block, IrFunction } from "./ir.ts";
import { successorsOf } from "./ir.ts";
import { randomIr } from "./testing/random-ir.ts";

/** Blocks 0..n by the numbers of their successors; block 0 is the entry. */
function graph(successors: readonly (readonly number[])[]): IrFunction {
  const b = buildIr("graph");
  const condition = b.param(0, "bool", 0n, 1n);
  const blocks = [b.current(), ...successors.slice(1).map(() => b.block())];
  for (const [index, [first, second]] of successors.entries()) {
    b.continueIn(blocks[index] ?? b.current());
    const ifTrue = blocks[first ?? -1];
    const ifFalse = blocks[second ?? -1];
    if (ifTrue === undefined) b.ret(null);
    else if (ifFalse === undefined) b.jump(ifTrue);
    else b.branch(condition, ifTrue, ifFalse);
  }
  return b.fn;
}

describe("reversePostOrder", () => {
  it("puts both sides of a branch before what follows, the true side first", () => {
    const fn = graph([[1, 2], [3], [3], []]);
    assert.deepEqual(
      reversePostOrder(fn).map(({ id }) => id),
      [0, 1, 2, 3],
    );
  });

  it("leaves out what cannot be reached", () => {
    const fn = graph([[2], [2], []]);
    assert.deepEqual(
      reversePostOrder(fn).map(({ id }) => id),
      [0, 2],
    );
  });
});

describe("findDominators", () => {
  it("of a loop with a branch in it, worked by hand", () => {
    // 0 → 1 (header) → 2 or 6; 2 → 3 or 4; 3, 4 → 5 → 1
    const fn = graph([[1], [2, 6], [3, 4], [5], [5], [1], []]);
    const dominators = findDominators(fn);
    const parents = fn.blocks.map((block) => dominators.immediate(block)?.id ?? null);
    assert.deepEqual(parents, [null, 0, 1, 2, 2, 2, 1]);
  });

  it("agrees with the definition: without a block, what it dominates cannot be reached", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const fn = randomIr(seed, 20);
        const dominators = findDominators(fn);
        for (const above of dominators.order) {
          const reached = reachedWithout(fn, above);
          for (const below of dominators.order) {
            assert.equal(dominators.dominates(above, below), !reached.has(below), `b${above.id} over b${below.id}`);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

function reachedWithout(fn: IrFunction, left: Block): ReadonlySet<Block> {
  const reached = new Set<Block>();
  const waiting = fn.blocks.slice(0, 1);
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    if (block === left || reached.has(block)) continue;
    reached.add(block);
    waiting.push(...successorsOf(block.end));
  }
  return reached;
}
