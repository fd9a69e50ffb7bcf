/**
 * Tests that need root: they run when they can, and say loudly when they cannot.
 *
 * A skipped test drowns in a long report, and a green run that skipped the kernel proves little. So each prints a line
 * beginning "NOT RUN:" to standard error as well.
 */
import { type TestContext, test } from "node:test";
import { effectiveCapabilities } from "../privilege.ts";

/** Registers a test that needs root on Linux. `missing` names a further thing it lacks here, if any. */
export function rootTest(
  title: string,
  body: (context: TestContext) => void | Promise<void>,
  missing?: () => string | undefined,
): void {
  test(title, async (context) => {
    const reason = lackOfRoot() ?? missing?.();
    if (reason !== undefined) {
      notRun(title, reason);
      context.skip(reason);
      return;
    }
    await body(context);
  });
}

/** Tells that a test did not run, and why, where nobody overlooks it. */
export function notRun(title: string, reason: string): void {
  process.stderr.write(`NOT RUN: ${title}: ${reason}\n`);
}

function lackOfRoot(): string | undefined {
  if (process.platform !== "linux") return `it needs Linux, this is ${process.platform}`;
  if (process.geteuid?.() !== 0) return "it needs root; run the tests with sudo";
  const present = effectiveCapabilities();
  const missing = (["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW"] as const).filter((name) => !present.has(name));
  if (missing.length > 0) return `it needs ${missing.join(", ")}, which this root does not have`;
  return undefined;
}
