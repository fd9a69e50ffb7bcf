/**
 * The baseline's compiler: Debian's clang, at the settings of a release build.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Code, readProgram } from "./elf.ts";

/** What "clang -O2" means in this bench: -mcpu=v3 has the 32-bit instructions and atomics that our compiler uses too. */
export const CLANG_OPTIONS = ["-O2", "-target", "bpf", "-mcpu=v3"] as const;

/** Version of clang as it says itself; installs Debian's package when there is none and we may. */
export function ensureClang(): string {
  const present = run("clang", ["--version"]);
  if (present !== null) return firstLine(present);
  if (process.geteuid?.() !== 0)
    throw new Error("Cannot compile the C programs: there is no clang. Install it: apt-get install clang.");
  console.error("clang is missing: installing Debian's package …");
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "clang"]);
  const installed = run("clang", ["--version"]);
  if (installed === null)
    throw new Error("Cannot compile the C programs: apt-get install clang failed. Install clang by hand.");
  return firstLine(installed);
}

/** @param file a C file of this folder whose program is in section "xdp" */
export function compileC(file: string): Code {
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  try {
    const object = join(folder, "program.o");
    const source = fileURLToPath(new URL(file, import.meta.url));
    const output = run("clang", [...CLANG_OPTIONS, "-Wall", "-Werror", "-c", source, "-o", object]);
    if (output === null) throw new Error(`Cannot compile ${file}: clang refused it (see above).`);
    return readProgram(readFileSync(object), "xdp");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a command printed, or null when it is missing or failed. */
function run(command: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return status === 0 ? stdout : null;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
