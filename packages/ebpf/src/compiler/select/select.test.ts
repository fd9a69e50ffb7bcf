import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { CompileError } from "../diagnostic.ts";
import type { IrFunction, Value } from "../ir/ir.ts";
import { printIr } from "../ir/print-ir.ts";
import { interpretIr } from "../ir/testing/interpret-ir.ts";
import { randomArguments, randomIr } from "../ir/testing/random-ir.ts";
import { printMachine } from "../machine/print-machine.ts";
import { type TestHelper, World } from "../machine/testing/run-machine.ts";
import { foldBranches } from "../optimise/fold-branches.ts";
import { optimise } from "../optimise/optimise.ts";
import { removeUnreachable } from "../optimise/remove-unreachable.ts";
import { analyseRanges } from "../ranges/analyse-ranges.ts";
import { select } from "./select.ts";

const STATUS = { low: -4095n, high: 0n };
/** What a helper that gives a C int may leave in the upper half of its register (kernels before 6.4). */
const GARBAGE = 0xdead_beef_0000_0000n;
const OBSERVE = 1;
const FIRST_FREE_ID = 100;
/** An address in the memory of the IR's interpreter that nothing else is placed at. */
const FOUND = 0x10000n + 3840n;

/** A random function in which some loads have become helpers that give a status. */
function randomFunction(seed: number): IrFunction {
  const fn = randomIr(seed);
  let turn = seed;
  for (const value of valuesOf(fn)) {
    if (value.op.kind !== "load" || value.type !== "int" || turn++ % 3 !== 0) continue;
    value.op = { kind: "helper", id: 0, name: "status", args: [], bounds: STATUS, pure: false };
  }
  return fn;
}

/** Decides what each helper answers, once its range has been told: in both worlds the same, whatever was called before. */
function settleAnswers(fn: IrFunction, seed: number): ReadonlyMap<number, TestHelper> {
  const helpers = new Map<number, TestHelper>();
  valuesOf(fn).forEach((value, index) => {
    const { op } = value;
    if (op.kind !== "helper" || op.id === OBSERVE) return;
    const chosen = BigInt(Math.imul(seed + index, 0x9e37_79b1) >>> 0);
    const id = FIRST_FREE_ID + index;
    if (value.type === "int") {
      const status = -(chosen % 4096n);
      value.op = { ...op, id, bounds: { low: status, high: status } };
      helpers.set(id, () => GARBAGE | BigInt.asUintN(32, status));
    } else {
      const isFound = chosen % 2n === 1n;
      const address = isFound ? FOUND : 0n;
      value.op = { ...op, id, bounds: { low: address, high: address } };
      helpers.set(id, (world) => (isFound ? world.addRegion(new Uint8Array(128)) : 0n));
    }
  });
  return helpers;
}

function valuesOf(fn: IrFunction): readonly Value[] {
  return fn.blocks.flatMap(({ body }) => body);
}

/** False when the program is refused, which says nothing about selection. */
function isAccepted(fn: IrFunction): boolean {
  try {
    analyseRanges(fn);
    return true;
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
}

/** The least that select wants done: code that never runs has no ranges. */
function removeNeverEntered(fn: IrFunction): void {
  foldBranches(fn);
  removeUnreachable(fn);
}

/** The result, and what the helper `observe` was shown. */
function runIr(fn: IrFunction, args: readonly bigint[]): readonly string[] {
  const { result, trace } = interpretIr(fn, args);
  return [`${result}`, ...trace.filter((line) => line.startsWith("observe"))];
}

function runSelected(
  fn: IrFunction,
  helpers: ReadonlyMap<number, TestHelper>,
  args: readonly bigint[],
): readonly string[] {
  const seen: string[] = [];
  const observe: TestHelper = (_world, shown) => {
    seen.push(`observe(${shown.map((arg) => BigInt.asIntN(64, arg)).join(", ")})`);
    return 0n;
  };
  const machine = select({ functions: [fn] });
  try {
    const r0 = new World(machine, new Map([...helpers, [OBSERVE, observe]])).callAddress(0n, args);
    return [`${BigInt.asIntN(64, r0)}`, ...seen];
  } catch (error) {
    throw new Error(printMachine(machine), { cause: error });
  }
}

for (const isOptimised of [false, true]) {
  it(`random functions do the same on registers, whose upper halves lie, ${isOptimised ? "" : "not "}optimised`, () => {
    let accepted = 0;
    let tried = 0;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, inputs) => {
        const fn = randomFunction(seed);
        tried += 1;
        if (!isAccepted(fn)) return;
        accepted += 1;
        if (isOptimised) optimise(fn);
        else removeNeverEntered(fn);
        const helpers = settleAnswers(fn, seed);
        for (const args of [0, 1, 2].map((index) => randomArguments(inputs + index))) {
          const told = `seed ${seed}, arguments ${args.join(", ")}\n${printIr(fn)}`;
          assert.deepEqual(runSelected(fn, helpers, args), runIr(fn, args), told);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted > tried / 2, `only ${accepted} of ${tried} functions were accepted`);
  });
}
