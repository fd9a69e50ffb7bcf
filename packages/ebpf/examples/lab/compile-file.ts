/** Compiles a packet module that lies in a file. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Compiled, type CompileOptions, compile } from "@weir/ebpf/compiler";

/**
 * @param module where the module lies: `new URL("./counter.ts", import.meta.url)`. Messages show its path as it is seen
 *   from the working directory
 */
export function compileFile(module: URL, options: Omit<CompileOptions, "readSource"> = {}): Compiled {
  return compile(relative(process.cwd(), fileURLToPath(module)), { ...options, readSource });
}

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // the compiler says which import leads nowhere
  }
}
