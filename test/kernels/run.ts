/** Called by `npm run test:kernels [-- FILTER…]`: runs the kernel-facing tests on Debian's kernel and ends with their status. */
import { GuestUnavailable } from "./debian.ts";
import { kernelTestFiles, runKernelTests } from "./kernel-tests.ts";

const timeout_ms = 20 * 60_000;
const output = {
  stdout: (text: string) => process.stdout.write(text),
  stderr: (text: string) => process.stderr.write(text),
};

// When our reader has gone, end as if we had been asked to, and so put everything away.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.kill(process.pid, "SIGTERM"));

try {
  const started = performance.now();
  process.exitCode = await runKernelTests(kernelTestFiles(process.argv.slice(2)), output, timeout_ms);
  console.log(`The guest took ${((performance.now() - started) / 1000).toFixed(1)} s in all.`);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const isMissing = error instanceof GuestUnavailable;
  console.error(isMissing ? `NOT RUN: tests on Debian's kernel: ${error.message}` : error.message);
  process.exitCode = 1;
}
