import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { CompileError } from "../diagnostic.ts";
import type { IrFunction } from "../ir/ir.ts";
import { printIr } from "../ir/print-ir.ts";
import { interpretIr } from "../ir/testing/interpret-ir.ts";
import { randomArguments, randomIr } from "../ir/testing/random-ir.ts";
import { validateIr } from "../ir/validate-ir.ts";
import { analyseRanges } from "../ranges/analyse-ranges.ts";
import { optimise } from "./optimise.ts";

/** False when the program is refused, which says nothing about the passes. */
function isAccepted(fn: IrFunction): boolean {
  try {
    analyseRanges(fn);
    return true;
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
}

it("random functions do the same after every pass, and every value stays in its range", () => {
  let accepted = 0;
  let tried = 0;
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (seed, inputs) => {
      const fn = randomIr(seed);
      const argumentLists = [0, 1, 2].map((index) => randomArguments(inputs + index));
      validateIr(fn);
      tried += 1;
      if (!isAccepted(fn)) return;
      accepted += 1;
      const expected = argumentLists.map((args) => interpretIr(fn, args));
      let before = printIr(fn);
      optimise(fn, (pass) => {
        const listing = (): string => `${pass} of seed ${seed} made\n${before}\ninto\n${printIr(fn)}`;
        try {
          validateIr(fn);
          assert.deepEqual(
            argumentLists.map((args) => interpretIr(fn, args)),
            expected,
          );
        } catch (error) {
          throw new Error(listing(), { cause: error });
        }
        before = printIr(fn);
      });
    }),
    { numRuns: 300 },
  );
  assert.ok(accepted > tried / 2, `only ${accepted} of ${tried} functions were accepted`);
});
