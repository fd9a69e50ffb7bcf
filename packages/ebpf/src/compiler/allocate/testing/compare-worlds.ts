/**
 * Runs a machine program twice, before allocation and as bytecode, and compares result and memory.
 */
import assert from "node:assert/strict";
import type { HelperRun, InterpretedHelper } from "../../../interpreter/index.ts";
import { interpret, prepareProgram } from "../../../interpreter/index.ts";
import { emit } from "../../emit/emit.ts";
import type { MachineProgram } from "../../machine/machine.ts";
import { CONTEXT_BYTES, HELPER_MIX, HELPER_STIR, HELPER_TWICE } from "../../machine/testing/random-instructions.ts";
import { runMachine, type TestHelper } from "../../machine/testing/run-machine.ts";
import type { AllocatedProgram } from "../allocated.ts";

/** @param context what the entry function's argument points to; each side gets its own copy */
export function assertSameBehaviour(program: MachineProgram, allocated: AllocatedProgram, context: Uint8Array): void {
  const expected = new Uint8Array(context);
  const actual = new Uint8Array(context);
  const expectedResult = runMachine(program, expected, machineHelpers);
  const { r0 } = interpret(prepareProgram(emit(allocated).instructions), { maps: new Map(), helpers }, actual);
  assert.equal(r0, expectedResult);
  assert.deepEqual(actual, expected);
}

/** A context of fixed content. */
export function someContext(): Uint8Array {
  return Uint8Array.from({ length: CONTEXT_BYTES }, (_, index) => (index * 37 + 11) & 0xff);
}

function mix(args: readonly bigint[]): bigint {
  return args.reduce((sum, arg) => BigInt.asUintN(64, sum * 31n + arg), 17n);
}

function stir(bytes: Uint8Array): bigint {
  let sum = 0n;
  bytes.forEach((byte, index) => {
    sum = sum * 257n + BigInt(byte);
    bytes[index] = (byte * 5 + 3) & 0xff;
  });
  return BigInt.asUintN(64, sum);
}

const machineHelpers: ReadonlyMap<number, TestHelper> = new Map<number, TestHelper>([
  [HELPER_MIX, (_world, args) => mix(args)],
  [
    HELPER_STIR,
    (world, [address = 0n, length = 0n]) => {
      const offsets = Array.from({ length: Number(length) }, (_, index) => address + BigInt(index));
      const bytes = Uint8Array.from(offsets, (offset) => Number(world.read(offset, 1)));
      const result = stir(bytes);
      offsets.forEach((offset, index) => {
        world.write(offset, 1, BigInt(bytes[index] ?? 0));
      });
      return result;
    },
  ],
  [
    HELPER_TWICE,
    (world, [callback = 0n, value = 0n]) => world.callAddress(callback, [world.callAddress(callback, [value])]),
  ],
]);

const helpers: ReadonlyMap<number, InterpretedHelper> = new Map<number, InterpretedHelper>([
  [HELPER_MIX, { name: "mix", parameters: 5, call: (_run: HelperRun, args: readonly bigint[]) => mix(args) }],
  [
    HELPER_STIR,
    {
      name: "stir",
      parameters: 2,
      call: (run: HelperRun, [address = 0n, length = 0n]: readonly bigint[]) => {
        run.memory.read(address, Number(length));
        return stir(run.memory.write(address, Number(length)));
      },
    },
  ],
  [
    HELPER_TWICE,
    {
      name: "twice",
      parameters: 2,
      call: (run: HelperRun, [callback = 0n, value = 0n]: readonly bigint[]) =>
        run.callFunction(callback, [run.callFunction(callback, [value])]),
    },
  ],
]);
