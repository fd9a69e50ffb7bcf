/**
 * Compiles the packet modules of the loader's tests: those in this folder, or a text.
 */
import { readFileSync } from "node:fs";
import { type Compiled, compile } from "../../compiler/index.ts";

/** The programs of traffic.ts with these names, and the maps they use. */
export function compileTraffic(...programs: readonly string[]): Compiled {
  return compile("traffic.ts", {
    readSource: (path) => readFileSync(new URL(path, import.meta.url), "utf8"),
    programs,
  });
}

/** A module given as text. */
export function compileText(text: string): Compiled {
  return compile("module.ts", { readSource: (path) => (path === "module.ts" ? text : undefined) });
}
