/**
 * One cold compilation: a process of its own that loads a compiler, compiles one program and prints what that took.
 *
 *   node [--import tsx] compile-once.mjs <compiler> <program>
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

const [compiler = "", program = ""] = process.argv.slice(2);
const started = performance.now();
const { compile } = await import(compiler);
const loaded = performance.now();
const cpu = mainThreadTime();
const { programs } = compile(program, { readSource: (path) => readFileSync(path, "utf8") });
const compiled = performance.now();
console.log(
  JSON.stringify({
    boot: started,
    load: loaded - started,
    compile: compiled - loaded,
    cpu: mainThreadTime() - cpu,
    instructions: programs.reduce((sum, { instructions }) => sum + instructions.length, 0),
  }),
);

/** Milliseconds for which this thread has had a CPU. V8's helper threads are not counted: nobody waits for them. */
function mainThreadTime() {
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}
