/**
 * Measures one case: empty program, TypeScript and C by turns, in many rounds of short slices.
 *
 * Time is the CPU time of this process, not the clock's (others on the machine lengthen that) and not the kernel's own (whole
 * nanoseconds). What still disturbs a slice, interrupts and a neighbour in the caches, only ever adds to it: a round keeps the
 * fastest slice of each program. Both programs are loaded anew in every round, because where their machine code happens to lie
 * moves a result by more than the difference that is looked for.
 */
import assert from "node:assert/strict";
import { type FileDescriptor, programTestRun } from "@weir/linux";
import type { Case } from "./cases.ts";
import { emptyProgram, loadCode, loadInstructions, type Maps, type Pair } from "./rival.ts";
import { type Spread, spread } from "./statistics.ts";
import { createWrapper, type Wrapper } from "./wrapper.ts";

/** Nanoseconds a run; ratios are TypeScript to C, the median of the rounds' own ratios. */
export interface Measured {
  readonly empty: Spread;
  readonly typescript: Spread;
  readonly c: Spread;
  /** With the harness in it. */
  readonly raw: Spread;
  /** With the empty program's time taken off. */
  readonly net: Spread;
}

export interface Effort {
  readonly rounds: number;
  /** Slices of each program in a round. */
  readonly slices: number;
  /** Runs in a slice. A test run costs some 0.7 ms beside them, because the kernel patches the call of an XDP program into its text. */
  readonly repeat: number;
}

/** Nanoseconds a run, of the fastest slice. */
interface Round {
  readonly empty: number;
  readonly typescript: number;
  readonly c: number;
}

/** @param left the packet as the program leaves it, which must be so after the last run as after the first */
export function measure(each: Case, pair: Pair, maps: Maps, left: Uint8Array, effort: Effort): Measured {
  each.prepare(maps);
  const wrapper = createWrapper(each, maps);
  const all = Array.from({ length: effort.rounds }, () => {
    const empty = loadInstructions("empty", emptyProgram(each.verdict));
    const typescript = loadCode("typescript", pair.typescript, maps);
    const c = loadCode("c", pair.c, maps);
    const round = measureRound(each, wrapper, { empty, typescript, c }, left, effort);
    for (const program of [empty, typescript, c]) program.close();
    return round;
  });
  wrapper.close();
  return {
    empty: spread(all.map(({ empty }) => empty)),
    typescript: spread(all.map(({ typescript }) => typescript)),
    c: spread(all.map(({ c }) => c)),
    raw: spread(all.map(({ typescript, c }) => typescript / c)),
    net: spread(all.map(({ typescript, c, empty }) => (typescript - empty) / (c - empty))),
  };
}

type Programs = { readonly [Name in keyof Round]: FileDescriptor };

function measureRound(each: Case, wrapper: Wrapper, programs: Programs, left: Uint8Array, effort: Effort): Round {
  const { repeat, slices } = effort;
  const fastest = {
    empty: Number.POSITIVE_INFINITY,
    typescript: Number.POSITIVE_INFINITY,
    c: Number.POSITIVE_INFINITY,
  };
  for (let slice = 0; slice < slices; slice++) {
    // Who comes first changes from slice to slice.
    const turns = slice % 2 === 0 ? (["empty", "typescript", "c"] as const) : (["c", "typescript", "empty"] as const);
    for (const name of turns) {
      const result = name === "empty" ? each.packet : left;
      fastest[name] = Math.min(fastest[name], timeOf(each, wrapper, programs[name], result, repeat));
    }
  }
  return fastest;
}

/** Nanoseconds of CPU time a run. */
function timeOf(each: Case, wrapper: Wrapper, program: FileDescriptor, left: Uint8Array, repeat: number): number {
  wrapper.target(program);
  const before = process.cpuUsage();
  const { returnValue, data } = programTestRun(wrapper.program, { data: each.packet, repeat });
  const { user, system } = process.cpuUsage(before);
  assert.equal(returnValue, each.verdict, `${each.title}: the verdict of the last of ${repeat} runs`);
  assert.deepEqual(Buffer.from(data), Buffer.from(left), `${each.title}: the packet after the last of ${repeat} runs`);
  return ((user + system) * 1000) / repeat;
}
