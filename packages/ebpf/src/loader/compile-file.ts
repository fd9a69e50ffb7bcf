/**
 * Compiles a packet module from its file, as a program does once when it starts.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { type Compiled, type CompileOptions, compile } from "../compiler/index.ts";

/**
 * @param module whose exported functions are the programs: a path, or `new URL("./counter.ts", import.meta.url)`. Messages show
 *   it as it is seen from the working directory
 * @throws CompileError with every refusal of the phase that found any
 * @throws Error for a configuration value or a program that the module does not have
 */
export function compileFile(module: string | URL, options: Omit<CompileOptions, "readSource"> = {}): Compiled {
  const path = typeof module === "string" ? module : relative(process.cwd(), fileURLToPath(module));
  return withoutOptimiser(() => compile(path, { ...options, readSource }));
}

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // the compiler says which import it was
  }
}

/**
 * The compiler runs once and is over before V8's optimised code of it could pay. Measured cold on 2 shared cores, a program of 2,000
 * lines: 415 ms with the optimiser, of which it takes half, and 300 ms without.
 */
function withoutOptimiser<Result>(action: () => Result): Result {
  setFlagsFromString("--no-opt");
  try {
    return action();
  } finally {
    setFlagsFromString("--opt");
  }
}
