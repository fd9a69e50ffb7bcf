/**
 * The kernel's limit on stack: the frames of a chain of calls, callbacks included, have 512 bytes together.
 *
 * @see kernel kernel/bpf/verifier.c, check_max_stack_depth
 */
import { CompileError } from "../diagnostic.ts";
import type { AllocatedFunction } from "./allocated.ts";

const STACK_BYTES = 512;
/** Every frame counts as at least one such unit. Kernels with a JIT that was told so round to 16 only; older ones do not. */
const FRAME_UNIT = 32;

interface Chain {
  /** From the entry function to the innermost one. */
  readonly functions: readonly AllocatedFunction[];
  readonly bytes: number;
}

/** @throws CompileError (E401) at the entry of the deepest chain, naming its functions and their frame sizes */
export function checkStackDepth(functions: readonly AllocatedFunction[]): void {
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const deepest = new Map<AllocatedFunction, Chain>();
  const measure = (fn: AllocatedFunction, callers: readonly AllocatedFunction[]): Chain => {
    const known = deepest.get(fn);
    if (known !== undefined) return known;
    if (callers.includes(fn))
      throw new Error(`Broken invariant: ${fn.name} calls itself, and recursion was not refused.`);
    let below: Chain = { functions: [], bytes: 0 };
    for (const name of calledNames(fn)) {
      const called = byName.get(name);
      if (called === undefined)
        throw new Error(`Broken invariant: ${fn.name} calls ${name}, which is not in the program.`);
      const chain = measure(called, [...callers, fn]);
      if (chain.bytes > below.bytes) below = chain;
    }
    const chain = { functions: [fn, ...below.functions], bytes: countedBytes(fn) + below.bytes };
    deepest.set(fn, chain);
    return chain;
  };
  for (const fn of functions) refuseIfTooDeep(measure(fn, []));
}

function countedBytes(fn: AllocatedFunction): number {
  return Math.max(1, Math.ceil(fn.frameSize / FRAME_UNIT)) * FRAME_UNIT;
}

function calledNames(fn: AllocatedFunction): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { body } of fn.blocks) {
    for (const instruction of body) {
      if (instruction.op === "call" && instruction.callee.kind === "function") names.add(instruction.callee.name);
      if (instruction.op === "constant" && instruction.value.kind === "function") names.add(instruction.value.name);
    }
  }
  return names;
}

function refuseIfTooDeep(chain: Chain): void {
  const [entry] = chain.functions;
  if (entry === undefined || chain.bytes <= STACK_BYTES) return;
  const frames = chain.functions.map((fn) => `${fn.name} ${fn.frameSize} bytes`).join(", ");
  throw new CompileError([
    {
      rule: "E401",
      at: entry.at,
      got:
        `the stack of a chain of calls would take ${chain.bytes} bytes and the kernel allows ${STACK_BYTES} ` +
        `(${frames}; each frame counts in steps of ${FRAME_UNIT})`,
      write: "make fewer or smaller structs live at the same time, or keep large ones in a per-CPU array map",
    },
  ]);
}
