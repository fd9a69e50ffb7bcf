import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../machine/testing/seeded-random.ts";
import type { AllocatedInstruction } from "./allocated.ts";
import type { Move } from "./location.ts";
import { orderMoves } from "./parallel-move.ts";
import { printAllocatedInstruction } from "./print-allocated.ts";

const SPARE_SLOTS = [-104, -112] as const;
const spare = (free: number) => ({ registers: () => free, slot: (purpose: 0 | 1) => SPARE_SLOTS[purpose] });
const listing = (moves: readonly Move[], free: number): readonly string[] =>
  orderMoves(moves, spare(free)).map(printAllocatedInstruction);
const number = (value: bigint) => ({ kind: "immediate", value }) as const;

const NOTHING_FREE = 0;
const R0_FREE = 1;

describe("orderMoves", () => {
  it("moves a chain from its end", () => {
    const moves = [
      { dst: 1, src: 2 },
      { dst: 2, src: 3 },
      { dst: 3, src: 3 },
    ];
    assert.deepEqual(listing(moves, NOTHING_FREE), ["r1 = r2", "r2 = r3"]);
  });

  it("opens a cycle with a free register", () => {
    const moves = [
      { dst: 1, src: 2 },
      { dst: 2, src: 1 },
    ];
    assert.deepEqual(listing(moves, R0_FREE), ["r0 = r2", "r2 = r1", "r1 = r0"]);
  });

  it("opens a cycle through the stack when every register is needed: pointers do not survive exclusive or", () => {
    const moves = [
      { dst: 1, src: 2 },
      { dst: 2, src: 1 },
    ];
    assert.deepEqual(listing(moves, NOTHING_FREE), ["*(u64 *)(r10 - 104) = r2", "r2 = r1", "r1 = *(u64 *)(r10 - 104)"]);
  });

  it("treats stack slots as locations: one that is read is not overwritten before", () => {
    const moves = [
      { dst: -8, src: 6 },
      { dst: 7, src: -8 },
    ];
    assert.deepEqual(listing(moves, NOTHING_FREE), ["r7 = *(u64 *)(r10 - 8)", "*(u64 *)(r10 - 8) = r6"]);
  });

  it("copies between stack slots through a register, saving one if none is free", () => {
    assert.deepEqual(listing([{ dst: -8, src: -16 }], R0_FREE), ["r0 = *(u64 *)(r10 - 16)", "*(u64 *)(r10 - 8) = r0"]);
    assert.deepEqual(listing([{ dst: -8, src: -16 }], NOTHING_FREE), [
      "*(u64 *)(r10 - 112) = r0",
      "r0 = *(u64 *)(r10 - 16)",
      "*(u64 *)(r10 - 8) = r0",
      "r0 = *(u64 *)(r10 - 112)",
    ]);
  });

  it("makes constants last, when nobody reads their register any more", () => {
    const moves = [
      { dst: 1, src: number(5n) },
      { dst: 2, src: 1 },
      { dst: -8, src: number(-1n) },
      { dst: -16, src: number(0x1_0000_0000n) },
    ];
    assert.deepEqual(listing(moves, R0_FREE), [
      "r2 = r1",
      "*(u64 *)(r10 - 8) = -1",
      "r0 = 4294967296",
      "*(u64 *)(r10 - 16) = r0",
      "r1 = 5",
    ]);
  });

  it("does what moves at the same time would do, for random ones", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seededRandom(seed);
      const places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -8, -16, -24, -32];
      const targets = places.filter(() => random() < 0.5);
      const moves = targets.map((dst) => ({ dst, src: places[Math.floor(random() * places.length)] ?? 0 }));
      const isUntouched = (place: number) => !moves.some(({ dst, src }) => dst === place || src === place);
      // Some registers that no move needs are free, the others hold something that must stay.
      const free = places.filter((place) => place >= 0 && isUntouched(place) && random() < 0.3);
      const before = new Map(places.map((place) => [place, `content of ${place}`]));
      const after = new Map(before);
      const mask = free.reduce((bits, register) => bits | (1 << register), 0);
      for (const instruction of orderMoves(moves, spare(mask))) execute(instruction, after);
      for (const place of places) {
        if (free.includes(place)) continue;
        const source = moves.find(({ dst }) => dst === place)?.src ?? place;
        assert.equal(after.get(place), before.get(source), `seed ${seed}, location ${place}`);
      }
    }
  });
});

function execute(instruction: AllocatedInstruction, contents: Map<number, string>): void {
  if (instruction.op === "copy") contents.set(instruction.dst, contents.get(instruction.src) ?? "");
  else if (instruction.op === "load") contents.set(instruction.dst, contents.get(instruction.offset) ?? "");
  else if (instruction.op === "store" && instruction.src.kind === "register") {
    contents.set(instruction.offset, contents.get(instruction.src.register) ?? "");
  } else assert.fail(printAllocatedInstruction(instruction));
}
