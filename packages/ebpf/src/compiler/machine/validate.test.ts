import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { printMachine } from "./print-machine.ts";
import { parseMachine } from "./testing/parse-machine.ts";
import { randomMachine } from "./testing/random-machine.ts";
import { seededRandom } from "./testing/seeded-random.ts";
import { validateMachine } from "./validate.ts";

const SOUND = `program(v0)
  slot0: 8 bytes, aligned to 8
block 0:
  v1 = load u32 [v0 + 4]
  start slot0
  store u64 [slot0] = v1
  v2 = call lookup(&map flows, &slot0)
  if v2 == 0 (64 bits) then block 1 else block 2
block 1: (cold)
  v3 = atomic compareExchange u64 [slot0], v1 if 7
  jump block 3
block 2:
  v4 = v1 add32 1
  jump block 3
block 3:
  v5 = phi(block 1: v3, block 2: v4)
  return v5
`;

describe("validateMachine", () => {
  it("accepts SSA code, and its listing reads back as the same code", () => {
    const program = parseMachine(SOUND);
    validateMachine(program);
    assert.equal(printMachine(program), SOUND);
  });

  it("accepts every random program", () => {
    for (let seed = 1; seed <= 20; seed++) validateMachine(randomMachine(seededRandom(seed), 60));
  });

  // What is replaced in the sound program, and what is wrong then.
  const broken = [
    { from: "v4 = v1 add32 1", to: "v1 = v1 add32 1", rule: /v1 is defined twice/ },
    { from: "v4 = v1 add32 1", to: "v4 = v9 add32 1", rule: /v9 is used and never defined/ },
    { from: "v4 = v1 add32 1", to: "v4 = v3 add32 1", rule: /definition of v3 does not dominate its use: v4 = v3/ },
    {
      from: "v1 = load u32 [v0 + 4]",
      to: "v1 = load u32 [v1 + 4]",
      rule: /definition of v1 does not dominate its use/,
    },
    { from: "block 2: v4)", to: "block 0: v4)", rule: /v5 = phi in block 3 has no source for block 2/ },
    { from: "block 1: v3,", to: "block 1: v4,", rule: /definition of v4 does not dominate its use: v5 = phi/ },
    { from: "jump block 3\nblock 2", to: "jump block 9\nblock 2", rule: /block 1 leads to no block 9/ },
    { from: "jump block 3\nblock 3", to: "jump block 0\nblock 3", rule: /the entry block has a predecessor/ },
    { from: "block 2:", to: "block 1:", rule: /two blocks have the same id/ },
    { from: "start slot0", to: "start slot3", rule: /there is no slot3/ },
    { from: "v1 if 7", to: "v1", rule: /only compareExchange has an expected value/ },
    { from: "&slot0)", to: "&function helper)", rule: /there is no function helper/ },
    { from: "program(v0)", to: "program(v0, _, _, _, _, _)", rule: /more than five parameters/ },
    { from: "(&map flows, &slot0)", to: "(1, 2, 3, 4, 5, 6)", rule: /more than five arguments/ },
  ] as const;
  for (const { from, to, rule } of broken) {
    it(`refuses ${JSON.stringify(to)} in the place of ${JSON.stringify(from)}`, () => {
      const text = SOUND.replace(from, to);
      assert.notEqual(text, SOUND);
      assert.throws(() => validateMachine(parseMachine(text)), rule);
    });
  }
});
