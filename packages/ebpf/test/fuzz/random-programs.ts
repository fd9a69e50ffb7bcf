/**
 * The test that 1,000 random programs mean the same in several worlds.
 *
 * The seed is fixed, so that every run of the tests does the same; `WEIR_FUZZ_SEED` gives another one.
 */
import assert from "node:assert/strict";
import { release } from "node:os";
import { notRun } from "@weir/linux/testing";
import { type Campaign, runCampaign } from "./campaign.ts";
import type { WorldsWanted } from "./compare.ts";
import { formatFailure, formatTally } from "./report.ts";

export const PROGRAMS = 1000;

/** An emulated machine would take hours for what a real one does in less than a minute. */
const LIMIT_MS = 100_000;

/** Fails with the first mismatch, its seed and its program, and when too many programs were refused. */
export async function assertProgramsAgree(worlds: WorldsWanted): Promise<void> {
  const { WEIR_FUZZ_SEED = "1000000" } = process.env;
  const seed = Number(WEIR_FUZZ_SEED);
  const campaign: Campaign = { seed, programs: PROGRAMS, worlds, limit_ms: LIMIT_MS };
  const tally = await runCampaign(campaign);
  console.log(formatTally(campaign, tally));
  const [failure] = tally.failures;
  if (failure !== undefined) {
    assert.fail(
      `${tally.failures.length} programs part, of seeds from ${seed}.\n\n${await formatFailure(failure, worlds)}`,
    );
  }
  assertFew("refused by the compiler", tally.refused, tally.programs / 50);
  assertFew("rejected by the verifier", tally.rejected, tally.programs / (isRecentKernel() ? 50 : 5));
  if (tally.programs === PROGRAMS) return;
  notRun(
    `${PROGRAMS - tally.programs} of ${PROGRAMS} random programs`,
    `the machine did the others in ${LIMIT_MS / 1000} s; run "npm run fuzz" for as many as wanted`,
  );
}

/** Programs that say nothing make the proof thin. */
function assertFew(title: string, found: ReadonlyMap<string, readonly number[]>, most: number): void {
  const count = [...found.values()].reduce((sum, seeds) => sum + seeds.length, 0);
  assert.ok(count <= most, `${count} programs were ${title}, at most ${most} may be`);
}

/** Older verifiers give up earlier in loops, and let programs on demand use fewer kinds of maps. */
function isRecentKernel(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 12);
}
