import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commonDominator, flowOf } from "./flow.ts";
import { item } from "./item.ts";
import { parseMachine } from "./testing/parse-machine.ts";

const flow = (text: string) => flowOf(item(parseMachine(text).functions, 0));

describe("flowOf", () => {
  it("keeps the order given, puts cold blocks last and leaves out what nobody reaches", () => {
    const { blocks, cold } = flow(`program(v0)
block 0:
  if v0 == 0 (64 bits) then block 5 else block 7
block 5: (cold)
  jump block 9
block 6:
  jump block 9
block 7:
  jump block 9
block 9:
  return 1
`);
    assert.deepEqual(
      blocks.map(({ id }) => id),
      [0, 7, 9, 5],
    );
    assert.deepEqual(cold, [false, false, false, true]);
  });

  it("counts as cold what is only reached through cold blocks", () => {
    const { blocks, cold } = flow(`program(v0)
block 0:
  if v0 == 0 (64 bits) then block 1 else block 2
block 1: (cold)
  jump block 3
block 3:
  return 2
block 2:
  return 1
`);
    assert.deepEqual(
      blocks.map(({ id }) => id),
      [0, 2, 1, 3],
    );
    assert.deepEqual(cold, [false, false, true, true]);
  });

  it("places a block after its dominator even if the order given does not", () => {
    const { blocks, dominators } = flow(`program(v0)
block 0:
  jump block 2
block 1:
  return 1
block 2:
  if v0 == 0 (64 bits) then block 1 else block 3
block 3:
  return 2
`);
    assert.deepEqual(
      blocks.map(({ id }) => id),
      [0, 2, 1, 3],
    );
    assert.deepEqual(dominators, [0, 0, 1, 1]);
  });

  it("finds the dominators of a loop and the block that dominates two others", () => {
    const loop = flow(`program(v0)
block 0:
  jump block 1
block 1: (loop depth 1)
  if v0 u< 9 (64 bits) then block 2 else block 5
block 2: (loop depth 1)
  if v0 == 3 (64 bits) then block 3 else block 4
block 3: (loop depth 1)
  jump block 4
block 4: (loop depth 1)
  jump block 1
block 5:
  return 1
`);
    assert.deepEqual(loop.dominators, [0, 0, 1, 2, 2, 1]);
    assert.deepEqual(item(loop.predecessors, 1), [0, 4]);
    assert.equal(commonDominator(loop, 3, 4), 2);
    assert.equal(commonDominator(loop, 4, 5), 1);
    assert.equal(commonDominator(loop, 3, 3), 3);
  });
});
