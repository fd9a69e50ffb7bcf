import assert from "node:assert/strict";
import { it } from "node:test";
import { GuestUnavailable } from "./debian.ts";
import { kernelTestFiles, runKernelTests } from "./kernel-tests.ts";

const timeout_ms = 10 * 60_000; // a minute or two where nothing else runs

it("every kernel-facing test passes on Debian's kernel, too", { timeout: timeout_ms + 30_000 }, async (context) => {
  let said = "";
  const hear = (text: string) => {
    said += text;
  };
  try {
    const status = await runKernelTests(kernelTestFiles([]), { stdout: hear, stderr: hear }, timeout_ms);
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
