/**
 * The CPUs a machine may ever have: a per-CPU map holds one value for each, whether it is there now or not.
 */
import { readFileSync } from "node:fs";

/**
 * Number of possible CPUs; it does not change while the machine runs.
 *
 * @see Documentation/admin-guide/cputopology.rst, "possible"
 */
export function possibleCpus(): number {
  known ??= countCpus(readFileSync("/sys/devices/system/cpu/possible", "utf8"));
  return known;
}

let known: number | undefined;

/** Counts the CPUs of a list as the kernel prints it: "0-3,8" are five. */
export function countCpus(list: string): number {
  const ranges = list.trim().split(",");
  return ranges.reduce((count, range) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) throw new Error(`Cannot read ${JSON.stringify(list)} as a list of CPUs.`);
    const first = Number(match[1]);
    return count + Number(match[2] ?? first) - first + 1;
  }, 0);
}
