/**
 * `npm test`: installs what is missing, then runs everything: types, style, and every test file.
 *
 *   npm test                    everything
 *   npm test -- vrrp loader     only the test files whose path contains "vrrp" or "loader"
 *
 * Ends with status 0 only if every step passed. What a missing right or kernel feature kept from running is listed last.
 */
import { prepare } from "./prepare.mjs";
import { reportNotRun, runStep } from "./step.mjs";
import { testFiles } from "./test-files.mjs";

const filters = process.argv.slice(2);
const notRun = prepare(["run", "test", "kernels"]);
const files = testFiles(filters);
if (files.length === 0) {
  console.error(`No test file's path contains ${filters.map((filter) => `"${filter}"`).join(" or ")}.`);
  process.exit(1);
}

// Two files at a time: the suite is meant for two cores, and more would only stretch the time-outs of the others.
const testRun = ["--import", "tsx", "--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=900000"];
const steps = [
  ["types", ["node_modules/.bin/tsc", "-p", "tsconfig.json"]],
  ["style", ["node_modules/.bin/biome", "check", "."]],
  [`${files.length} test files`, [process.execPath, ...testRun, ...files]],
];

let passed = true;
for (const [title, command] of filters.length === 0 ? steps : steps.slice(-1)) {
  passed = (await runStep(title, command, notRun)) && passed;
}
reportNotRun(notRun);
process.exitCode = passed ? 0 : 1;
