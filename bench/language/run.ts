/**
 * Is the code that our compiler makes of TypeScript as fast as what clang -O2 makes of the same program in C?
 *
 * `npm run bench:language [-- --rounds 31 --json results.json]`, as root. See README.md.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkAgreement } from "./agree.ts";
import { cases } from "./cases.ts";
import { ensureClang } from "./clang.ts";
import { type Effort, measure } from "./measure.ts";
import { describeMachine, type Report, toMarkdown } from "./report.ts";
import { compilePair, createMaps, sizeOf } from "./rival.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "31" },
    slices: { type: "string", default: "5" },
    repeat: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const effort: Effort = {
  rounds: Number(values.rounds),
  slices: Number(values.slices),
  repeat: Number(values.repeat),
};

const clang = ensureClang();
const pairs = { lb: compilePair("lb"), arith: compilePair("arith") };
const maps = { lb: createMaps(pairs.lb.maps), arith: createMaps(pairs.arith.maps) };

const random = seeded(Number(values.seed));
const rows = cases.map((each) => {
  const pair = pairs[each.program];
  const left = checkAgreement(each, pair, maps[each.program], random);
  console.error(`${each.title}: both agree (seed ${values.seed}), measuring …`);
  return { title: each.title, bound: each.bound, ...measure(each, pair, maps[each.program], left, effort) };
});
const sizes = Object.values(pairs).map(({ name, typescript, c }) => ({
  name,
  typescript: sizeOf(typescript, maps[name === "lb" ? "lb" : "arith"]),
  c: sizeOf(c, maps[name === "lb" ? "lb" : "arith"]),
}));

const report: Report = { machine: describeMachine(clang), effort, rows, sizes };
console.log(toMarkdown(report));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);

/** Numbers of 0..1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
