/**
 * How long does a director wait for its packet program when it starts?
 *
 * A program of 2,000 lines is compiled cold, each time in a process of its own: nothing has been loaded, nothing has been optimised by
 * V8. Three ways of loading the compiler: its sources through tsx, as a checkout runs; one bundled file, as a release may ship; and that
 * file with the bytecode of a run before.
 *
 *   node --import tsx bench/language/compile-time.ts [--lines 2000] [--rounds 15]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { longProgram } from "./long-program.ts";
import { type Spread, spread } from "./statistics.ts";

/** Milliseconds. */
interface Compilation {
  /** Until the script's first line: Node, and tsx where it is used. */
  readonly boot: number;
  readonly load: number;
  readonly compile: number;
  /** CPU time of `compile` on its thread: what it takes on a machine that is not busy otherwise. */
  readonly cpu: number;
  readonly instructions: number;
}

const LIMIT_MS = 300;
const { values } = parseArgs({
  options: { lines: { type: "string", default: "2000" }, rounds: { type: "string", default: "15" } },
});

// Below the checkout's node_modules, so that the bundle finds the packages that it does not hold.
const folder = fileURLToPath(new URL("../../node_modules/.cache/weir-bench/", import.meta.url));
mkdirSync(folder, { recursive: true });
const program = `${folder}long.ts`;
const text = longProgram(readFileSync(new URL("lb.ts", import.meta.url), "utf8"), Number(values.lines));
writeFileSync(program, text);

const sources = fileURLToPath(new URL("../../packages/ebpf/src/loader/compile-file.ts", import.meta.url));
const module = `${folder}compiler.mjs`;
const commonJs = `${folder}compiler.cjs`;
const cache = `${folder}compiler.v8-cache`;
rmSync(cache, { force: true });
const esbuild = fileURLToPath(new URL("../../node_modules/.bin/esbuild", import.meta.url));
const bundling = ["--bundle", "--platform=node", "--external:oxc-parser", "--log-level=error"];
execFileSync(esbuild, [sources, ...bundling, "--format=esm", `--outfile=${module}`]);
execFileSync(esbuild, [sources, ...bundling, "--format=cjs", `--outfile=${commonJs}`]);

const url = (path: string): string => pathToFileURL(path).href;
const ways = [
  { name: "one bundled file", options: [], compiler: url(module), cache: [] },
  { name: "one bundled file with V8's code cache", options: [], compiler: commonJs, cache: [cache] },
  {
    name: "one bundled file, young generation of 4 MiB",
    options: ["--max-semi-space-size=4"],
    compiler: url(module),
    cache: [],
  },
  { name: "sources through tsx", options: ["--import", "tsx"], compiler: url(sources), cache: [] },
];
const script = fileURLToPath(new URL("compile-once.mjs", import.meta.url));
const compileOnce = (way: (typeof ways)[number]): Compilation => {
  const args = [...way.options, script, way.compiler, program, ...way.cache];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
};
// Makes the code cache, and brings all files into the page cache.
for (const way of ways) compileOnce(way);
const runs = Array.from({ length: Number(values.rounds) }, () => ways.map(compileOnce));

console.log(
  `${text.split("\n").length} lines, ${runs[0]?.[0]?.instructions ?? 0} instructions; ${runs.length} processes each way.`,
);
console.log(`Milliseconds: median (quartiles). Limit for compile: ${LIMIT_MS}.\n`);
console.log(
  "| compiler | compile | its CPU time | loading the compiler | Node until then |\n| --- | --- | --- | --- | --- |",
);
for (const [index, { name }] of ways.entries()) {
  const column = (key: keyof Compilation): string => cell(spread(runs.map((run) => run[index]?.[key] ?? Number.NaN)));
  console.log(`| ${name} | ${column("compile")} | ${column("cpu")} | ${column("load")} | ${column("boot")} |`);
}

function cell({ low, median, high }: Spread): string {
  return `${median.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})`;
}
