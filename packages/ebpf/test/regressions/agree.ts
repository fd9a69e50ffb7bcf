/**
 * Runs a regression in several worlds.
 */
import assert from "node:assert/strict";
import { judge, type WorldsWanted } from "../fuzz/compare.ts";
import { type Regression, sourceOf } from "./programs.ts";

/** The packet 0, 1, 2, … 63. */
const PACKET = Uint8Array.from({ length: 64 }, (_, index) => index);

export async function assertAgrees(regression: Regression, worlds: WorldsWanted): Promise<void> {
  const { kind, title, was, verdict } = regression;
  const program = { seed: 0, kind, text: [sourceOf(regression)], config: {}, fills: [], inputs: [PACKET] };
  const judgement = await judge(program, worlds);
  const message = `${title}: it was so that ${was}`;
  assert.equal(judgement.kind, "agreed", "message" in judgement ? `${message}\n${judgement.message}` : message);
  if (judgement.kind === "agreed") assert.deepEqual(judgement.verdicts, [verdict], message);
}
