/** What a guest is given to do: a file system image with an executable `run` at its top. */
import { chmod, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFileSystem } from "./guest.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
/** What tests may need of the checkout. */
export const checkoutParts = ["packages", "test", "bench", "node_modules", "package.json", "tsconfig.json"];
/** Large, and no test needs them: they check and format the source. */
const leftOut = ["@biomejs", "@types", "@typescript", "typescript"].map((name) => join(checkout, "node_modules", name));

/**
 * Writes the image of a job.
 *
 * @param parts files and folders of the checkout to bring along
 * @param script what to run, in a folder that holds the parts
 * @param image where to write it; a folder of the same name and `.d` is used on the way and removed
 */
export async function makeJob(parts: readonly string[], script: string, image: string, signal: AbortSignal) {
  const folder = `${image}.d`;
  await mkdir(folder);
  const filter = (path: string) => !leftOut.some((left) => path === left || path.startsWith(left + sep));
  for (const part of parts) {
    // Workspaces are links from node_modules to packages, and must stay links.
    await cp(join(checkout, part), join(folder, part), { recursive: true, verbatimSymlinks: true, filter });
  }
  await writeFile(join(folder, "run"), script);
  await chmod(join(folder, "run"), 0o755);
  await makeFileSystem(folder, image, signal);
  await rm(folder, { recursive: true });
}

/** The script that names the kernel and runs test files one after the other. */
export function testScript(files: readonly string[]): string {
  const command = ["node", "--import", "tsx", "--test", "--test-reporter=spec", "--test-concurrency=1", ...files];
  return `#!/bin/sh\necho "Linux $(uname -r)"\nexec ${command.map((word) => `'${word}'`).join(" ")}\n`;
}
