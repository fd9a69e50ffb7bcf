/**
 * Functions and loops beyond what inlining and the verifier's step limit allow.
 */
import type { AnyRef } from "./reference.ts";

type Parameter = number | bigint | boolean | object;

/**
 * Marks a function to be compiled on its own and called: `const f = noinline((a: u32, b: u32): u32 => …)`.
 *
 * Up to five parameters: integers, booleans, u64, references, the context. In V8 it is the function itself.
 */
export function noinline<Parameters extends readonly Parameter[], Result extends number | bigint | boolean>(
  fn: (...parameters: Parameters) => Result,
): (...parameters: Parameters) => Result {
  if (fn.length > 5) {
    throw new Error(
      `Cannot declare a noinline function of ${fn.length} parameters: BPF passes five, in registers. Put some of them into a layout.`,
    );
  }
  return fn;
}

/** bpf_loop goes round at most 2^23 times. */
const MAX_LOOPS = 1 << 23;
const E2BIG = 7;

/**
 * Calls `step` with 0, 1, 2, … up to `count` times; 1 stops it.
 *
 * @returns the number of calls made, or -7 (E2BIG) for a `count` above 2^23 or below 0
 * @see bpf_loop, helper 181, Linux 5.17
 */
export function loop<State extends AnyRef>(
  count: number,
  step: (index: number, state: State) => 0 | 1,
  state: State,
): number {
  // The kernel takes 32 bits without a sign.
  const rounds = count >>> 0;
  if (rounds > MAX_LOOPS) return -E2BIG;
  for (let index = 0; index < rounds; index++) {
    if (step(index, state) !== 0) return index + 1;
  }
  return rounds;
}
