import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError } from "../diagnostic.ts";
import { randomMachine } from "../machine/testing/random-machine.ts";
import { seededRandom } from "../machine/testing/seeded-random.ts";
import { allocate } from "./allocate.ts";
import { assertSameBehaviour, someContext } from "./testing/compare-worlds.ts";

/** Raise for a long run. */
const PROGRAMS = Number(process.env["WEIR_MACHINE_PROGRAMS"] ?? 150);

describe("random machine programs compute the same before and after allocation", () => {
  const cases = [
    { name: "short ones", size: 12, reach: 40 },
    { name: "with little pressure", size: 60, reach: 6 },
    { name: "with much pressure", size: 60, reach: 40 },
    { name: "long ones", size: 200, reach: 20 },
  ];
  for (const { name, size, reach } of cases) {
    it(name, () => {
      let refused = 0;
      for (let seed = 1; seed <= PROGRAMS; seed++) {
        const program = randomMachine(seededRandom(seed), size, reach);
        try {
          assertSameBehaviour(program, allocate(program), someContext());
        } catch (error) {
          // Some need more stack than there is.
          if (error instanceof CompileError) refused++;
          else throw new Error(`seed ${seed}, size ${size}, reach ${reach}`, { cause: error });
        }
      }
      assert.ok(refused < PROGRAMS / 10, `${refused} of ${PROGRAMS} programs need too much stack`);
    });
  }
});
