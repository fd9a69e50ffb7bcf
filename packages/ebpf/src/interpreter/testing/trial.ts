/** What the interpreter's tests share: running a few instructions, and a map made of a few entries. */

import assert from "node:assert/strict";
import type { Instruction } from "../../object/index.ts";
import { coreHelpers } from "../core-helpers.ts";
import { type FaultCode, ProgramFault } from "../fault.ts";
import { interpret, type Outcome } from "../interpret.ts";
import type { EntryContext, InterpretedMap, InterpreterMachine } from "../machine.ts";
import { prepareProgram } from "../program.ts";

export interface Trial extends Partial<InterpreterMachine> {
  /** Eight zero bytes if absent. */
  readonly context?: EntryContext;
}

export function run(instructions: readonly Instruction[], trial: Trial = {}): Outcome {
  const { context = new Uint8Array(8), maps = new Map(), helpers = coreHelpers, ...rest } = trial;
  return interpret(prepareProgram(instructions), { maps, helpers, ...rest }, context);
}

/** What the program returns, unsigned. */
export function resultOf(instructions: readonly Instruction[], trial: Trial = {}): bigint {
  return run(instructions, trial).r0;
}

/** Asserts that the program faults with this code, and with these words in the message. */
export function assertFaults(
  instructions: readonly Instruction[],
  code: FaultCode,
  words: RegExp,
  trial?: Trial,
): void {
  assert.throws(
    () => run(instructions, trial),
    (error: unknown) => {
      assert.ok(error instanceof ProgramFault, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      return true;
    },
  );
}

/** A map with keys of 4 bytes and values of 8, in one buffer, as arrays are in the kernel. */
export function arrayMap(length: number): InterpretedMap & { readonly values: Uint8Array } {
  const values = new Uint8Array(8 * length);
  const indexOf = (key: Uint8Array): number => new DataView(key.buffer, key.byteOffset).getUint32(0, true);
  const lookup = (key: Uint8Array): Uint8Array | null => {
    const index = indexOf(key);
    return index < length ? values.subarray(8 * index, 8 * index + 8) : null;
  };
  return {
    name: "numbers",
    keySize: 4,
    valueSize: 8,
    values,
    lookup,
    update(key, value) {
      const place = lookup(key);
      if (place === null) return -7;
      place.set(value);
      return 0;
    },
    delete: () => -22,
    visit(visitor) {
      for (let index = 0; index < length; index++) {
        const key = Uint8Array.of(index, 0, 0, 0);
        if (visitor(key, values.subarray(8 * index, 8 * index + 8)) !== 0) return index + 1;
      }
      return length;
    },
  };
}
