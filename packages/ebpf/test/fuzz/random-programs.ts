/**
 * The test that 1,000 random programs mean the same in several worlds.
 *
 * The seed is fixed, so that every run of the tests does the same; `WEIR_FUZZ_SEED` gives another one.
 */
import assert from "node:assert/strict";
import { type Campaign, runCampaign } from "./campaign.ts";
import type { WorldsWanted } from "./compare.ts";
import { formatFailure, formatTally } from "./report.ts";

export const PROGRAMS = 1000;

/** Fails with the first mismatch, its seed and its program, and when more than a few programs say nothing. */
export async function assertProgramsAgree(worlds: WorldsWanted): Promise<void> {
  const { WEIR_FUZZ_SEED = "1000000" } = process.env;
  const seed = Number(WEIR_FUZZ_SEED);
  const campaign: Campaign = { seed, programs: PROGRAMS, worlds };
  const tally = await runCampaign(campaign);
  console.log(formatTally(campaign, tally));
  const [failure] = tally.failures;
  if (failure !== undefined) {
    assert.fail(
      `${tally.failures.length} programs part, of seeds from ${seed}.\n\n${await formatFailure(failure, worlds)}`,
    );
  }
  const silent = PROGRAMS - tally.agreed;
  assert.ok(silent < PROGRAMS / 50, `${silent} of ${PROGRAMS} programs were refused or rejected: the proof grows thin`);
}
