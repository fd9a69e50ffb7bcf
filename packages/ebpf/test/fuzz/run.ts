/**
 * Long runs: `npm run fuzz -- --programs 20000 --seed 1 --worlds twin,interpreter,kernel`.
 *
 * Prints the counts as a table, and every failure with its seed, the first difference and the program made small. Ends with
 * status 1 if there was any.
 */
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { formatFailure, formatTally } from "./report.ts";

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    worlds: { type: "string", default: "twin,interpreter,kernel" },
  },
});

const wanted = new Set(values.worlds.split(","));
const campaign = {
  seed: wholeNumber("seed", values.seed),
  programs: wholeNumber("programs", values.programs),
  worlds: { twin: wanted.has("twin"), interpreter: wanted.has("interpreter"), kernel: wanted.has("kernel") },
};

const started = performance.now();
let told = { at: started, failures: 0 };
const tally = await runCampaign(campaign, ({ programs, failures }) => {
  // A mismatch is told at once: who interrupts a long run knows what it has found.
  for (const { program, judgement } of failures.slice(told.failures)) {
    console.error(`seed ${program.seed}: ${judgement.what}`);
  }
  const isTime = performance.now() - told.at > 60_000;
  if (isTime) console.error(`${programs} of ${campaign.programs} programs, ${failures.length} mismatches`);
  told = { at: isTime ? performance.now() : told.at, failures: failures.length };
});
for (const failure of tally.failures.slice(0, 10)) console.log(`${await formatFailure(failure, campaign.worlds)}\n`);
console.log(formatTally(campaign, tally));
console.log(`\n${Math.round((performance.now() - started) / 1000)} s`);
process.exitCode = tally.failures.length === 0 ? 0 : 1;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} is ${JSON.stringify(text)}: give a whole number.`);
  process.exit(2);
}
