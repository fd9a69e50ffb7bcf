import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flowOf } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import { parseMachine } from "../machine/testing/parse-machine.ts";
import { randomMachine } from "../machine/testing/random-machine.ts";
import { seededRandom } from "../machine/testing/seeded-random.ts";
import { allocate } from "./allocate.ts";
import type { AllocatedBlock, AllocatedFunction, AllocatedInstruction } from "./allocated.ts";
import { printAllocatedInstruction } from "./print-allocated.ts";
import { assertSameBehaviour, someContext } from "./testing/compare-worlds.ts";
import { verifyAllocation } from "./verify-allocation.ts";

const PROGRAM = `program(v0)
  slot0: 8 bytes, aligned to 8
block 0:
  v1 = load u32 [v0]
  start slot0
  store u64 [slot0] = v1
  v2 = load u32 [v0 + 4]
  v3 = call mix(v2, v1)
  v4 = load u64 [slot0]
  v5 = v3 sub64 v4
  if v5 u> v1 (64 bits) then block 1 else block 2
block 1:
  jump block 2
block 2:
  v6 = phi(block 0: v1, block 1: 9)
  return v6
`;

const allocated = (): AllocatedFunction => item(allocate(parseMachine(PROGRAM)).functions, 0);
const verify = (fn: AllocatedFunction): void => verifyAllocation(fn, flowOf(fn.machine));

/** The function with its first block's body changed. */
function withBody(
  change: (body: readonly AllocatedInstruction[]) => readonly AllocatedInstruction[],
): AllocatedFunction {
  const fn = allocated();
  const blocks = fn.blocks.map((block, place) => (place === 0 ? { ...block, body: change(block.body) } : block));
  return { ...fn, blocks };
}

/** The function with one instruction of its first block, known by its listing, replaced by others. */
function replacing(listing: string, ...others: readonly AllocatedInstruction[]): AllocatedFunction {
  return withBody((body) => {
    const index = body.findIndex((instruction) => printAllocatedInstruction(instruction) === listing);
    assert.notEqual(index, -1, `no ${listing} in ${body.map(printAllocatedInstruction).join("; ")}`);
    return [...body.slice(0, index), ...others, ...body.slice(index + 1)];
  });
}

const moved = { at: null, origin: null } as const;

describe("verifyAllocation", () => {
  it("accepts what the allocator made", () => {
    verify(allocated());
  });

  it("notices that a call loses r1..r5", () => {
    const fn = replacing("call mix", ...callAfter({ op: "copy", dst: 6, src: 2, ...moved }));
    assert.throws(() => verify(fn), /wrong register allocation of program at "call mix"|wrong/);
  });

  it("notices a missing move", () => {
    assert.throws(() => verify(replacing("r2 = r6")), /call mix.*r2 does not hold the argument/);
  });

  it("notices an overwritten register", () => {
    const clobber = { op: "constant", dst: 6, value: { kind: "immediate", value: 1n }, ...moved } as const;
    const fn = withBody((body) => [...body, clobber]);
    assert.throws(() => verify(fn), /it compares something else/);
  });

  it("notices a spilled value in the bytes of a slot", () => {
    const spill = {
      op: "store",
      size: 8,
      base: 10,
      offset: -8,
      src: { kind: "register", register: 6 },
      ...moved,
    } as const;
    const fn = withBody((body) => {
      const call = body.findIndex(({ op }) => op === "call");
      return [...body.slice(0, call), spill, ...body.slice(call)];
    });
    assert.throws(() => verify(fn), /the bytes of slot0 were given away/);
  });

  it("notices that an instruction is missing, repeated or out of order", () => {
    assert.throws(() => verify(replacing("*(u64 *)(r10 - 8) = r6")), /is out of order/);
    assert.throws(() => verify(withBody((body) => [...body, item(body, 0)])), /is out of order/);
    assert.throws(() => verify(withBody((body) => body.slice(0, -1))), /is missing/);
  });

  it("notices exchanged targets of a branch", () => {
    const fn = allocated();
    const blocks = fn.blocks.map((block): AllocatedBlock => {
      const { end } = block;
      return end.op === "branch" ? { ...block, end: { ...end, ifTrue: end.ifFalse, ifFalse: end.ifTrue } } : block;
    });
    assert.throws(() => verify({ ...fn, blocks }), /it leads elsewhere/);
  });

  // Whatever is broken at random either is noticed or makes no difference.
  it("lets no random damage through that changes what a program computes", () => {
    let noticed = 0;
    let tried = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const random = seededRandom(seed);
      const program = randomMachine(random, 40, 15);
      const { functions } = allocate(program);
      const damaged = functions.map((fn) => damage(fn, random));
      tried++;
      try {
        damaged.forEach(verify);
      } catch {
        noticed++;
        continue;
      }
      assert.doesNotThrow(() => assertSameBehaviour(program, { functions: damaged }, someContext()), `seed ${seed}`);
    }
    assert.ok(noticed > tried / 2, `only ${noticed} of ${tried} were noticed`);
  });
});

function callAfter(move: AllocatedInstruction): readonly AllocatedInstruction[] {
  const call = item(allocated().blocks, 0).body.find(({ op }) => op === "call");
  return call === undefined ? [] : [call, move];
}

/** One instruction is removed, exchanged with the next or given another register. */
function damage(fn: AllocatedFunction, random: () => number): AllocatedFunction {
  const below = (bound: number): number => Math.floor(random() * bound);
  const place = below(fn.blocks.length);
  const body = [...item(fn.blocks, place).body];
  if (body.length < 2) return fn;
  const index = below(body.length - 1);
  const chosen = item(body, index);
  const kind = random();
  if (kind < 0.3) body.splice(index, 1);
  else if (kind < 0.6) body.splice(index, 2, item(body, index + 1), chosen);
  else if ("dst" in chosen) body[index] = { ...chosen, dst: below(10) };
  else if ("base" in chosen) body[index] = { ...chosen, offset: chosen.offset - 8 };
  return { ...fn, blocks: fn.blocks.map((block, at) => (at === place ? { ...block, body } : block)) };
}
