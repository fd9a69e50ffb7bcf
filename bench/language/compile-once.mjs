/**
 * One cold compilation: a process of its own that loads a compiler, compiles one program and prints what that took.
 *
 *   node [--import tsx] compile-once.mjs <compiler> <program> [<file of V8's code cache, made when missing>]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { Script } from "node:vm";

const [compiler = "", program = "", cache] = process.argv.slice(2);
const started = performance.now();
const { compileFile, script } = cache === undefined ? await import(compiler) : loadWithCache(compiler, cache);
const loaded = performance.now();
const cpu = mainThreadTime();
const { programs } = compileFile(program);
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
// Now it holds every function that a compilation calls.
if (script !== undefined && !existsSync(cache)) writeFileSync(cache, script.createCachedData());

/** A CommonJS bundle, with the bytecode of a run before. */
function loadWithCache(path, cache) {
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  const text = `(function (module, exports, require) {${readFileSync(path, "utf8")}\n})`;
  const script = new Script(text, { filename: path, cachedData });
  if (script.cachedDataRejected) throw new Error(`V8 does not take the code cache ${cache}. Delete it.`);
  const module = { exports: {} };
  script.runInThisContext()(module, module.exports, createRequire(path));
  return { compileFile: module.exports.compileFile, script };
}

/** Milliseconds for which this thread has had a CPU. V8's helper threads are not counted: nobody waits for them. */
function mainThreadTime() {
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}
