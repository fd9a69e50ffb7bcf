import assert from "node:assert/strict";
import { it } from "node:test";
import { GuestUnavailable } from "./debian.ts";
import { kernelTestFiles, runKernelTests } from "./kernel-tests.ts";

const timeout_ms = 10 * 60_000; // a minute or two where nothing else runs

/** Loading, and what the verifier spends on the programs of packages/ebpf; `npm run test:kernels` runs all, which takes too long for every run. */
const FILTER = ["loader/collection", "ebpf/test/budget"];

it("programs load on Debian's kernel, too, within their budgets", { timeout: timeout_ms + 30_000 }, async (context) => {
  let said = "";
  const hear = (text: string) => {
    said += text;
  };
  try {
    const status = await runKernelTests(kernelTestFiles(FILTER), { stdout: hear, stderr: hear }, timeout_ms);
    assert.equal(status, 0, said);
  } catch (error) {
    if (error instanceof GuestUnavailable) return notRun(error);
    if (error instanceof assert.AssertionError) throw error;
    throw new Error(`The guest said:\n${said}`, { cause: error });
  }
  const [release] = said.split("\n", 1);
  const [, count] = /^ℹ pass (\d+)/m.exec(said) ?? [];
  context.diagnostic(`${count} kernel-facing tests passed on ${release}`);
  for (const [, what] of said.matchAll(/^NOT RUN: (.*)/gm)) process.stderr.write(`NOT RUN: on ${release}: ${what}\n`);
});

function notRun({ message }: GuestUnavailable): void {
  process.stderr.write(`NOT RUN: tests on Debian's kernel: ${message}\n`);
}
