/**
 * The golden programs, compiled and listed. Run as `node --import tsx packages/ebpf/test/golden/listings.ts --write`, it writes the
 * listings anew: to be read as a diff, line by line, before they are committed. Nothing else writes them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "../../src/compiler/index.ts";
import { listProgram } from "../listing.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Names of the programs: `counter` for counter.ts and counter.listing. */
export const goldenPrograms: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && name !== "listings.ts" && !name.endsWith(".test.ts"))
  .map((name) => name.slice(0, -".ts".length));

/** What the compiler makes of a program today. */
export function currentListing(name: string): string {
  const file = `${name}.ts`;
  const text = readFileSync(`${folder}${file}`, "utf8");
  const { programs } = compile(file, { readSource: (path) => (path === file ? text : undefined) });
  return programs.map(listProgram).join("\n");
}

/** What was read and found right. */
export function goldenListing(name: string): string {
  return readFileSync(`${folder}${name}.listing`, "utf8");
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === "--write") {
  for (const name of goldenPrograms) writeFileSync(`${folder}${name}.listing`, currentListing(name));
}
