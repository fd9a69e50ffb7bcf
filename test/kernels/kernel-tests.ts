/** Runs test files on Debian's kernel: a guest, a job, a boot. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { provideGuest } from "./guest.ts";
import { checkoutParts, makeJob, testScript } from "./job.ts";
import { boot, type Output } from "./machine.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The kernel-facing tests, by the convention of their names.
 *
 * @param filters parts of paths; a file is taken when it contains any of them, or when there are none
 * @returns paths relative to the checkout, in alphabetical order
 */
export function kernelTestFiles(filters: readonly string[]): readonly string[] {
  return ["packages", "test"]
    .flatMap((folder) => readdirSync(join(checkout, folder), { recursive: true }).map((path) => `${folder}/${path}`))
    .filter((path) => path.endsWith(".kernel.test.ts") && !path.includes("node_modules"))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}

/**
 * @param files test files, relative to the checkout
 * @param timeout_ms for everything, the making of the guest included
 * @returns the exit status of the test runner in the guest
 * @throws GuestUnavailable on a machine that cannot have a guest; Error if it took too long or was interrupted
 */
export async function runKernelTests(files: readonly string[], output: Output, timeout_ms: number): Promise<number> {
  if (files.length === 0) throw new Error("No test fits: kernel-facing tests are named *.kernel.test.ts.");
  const end = new AbortController();
  const { signal } = end;
  const interrupt = (name: string) => end.abort(new Error(`interrupted by ${name}`));
  const tooLong = () => end.abort(new Error(`the guest was ended: not done after ${timeout_ms / 1000} s`));
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const timer = setTimeout(tooLong, timeout_ms);
  const folder = await mkdtemp(join(tmpdir(), "weir-job-"));
  try {
    const job = join(folder, "job.img");
    const guest = await provideGuest(guestPackages(), signal);
    await makeJob(checkoutParts, testScript(files), job, signal);
    return await boot(guest, job, output, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
    clearTimeout(timer);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** The Debian packages that make the guest. */
export function guestPackages(): readonly string[] {
  const lists: unknown = JSON.parse(readFileSync(join(checkout, "scripts/debian-packages.json"), "utf8"));
  const { guest } = lists as { readonly guest: readonly string[] };
  return guest;
}
