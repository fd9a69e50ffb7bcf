/**
 * Runs a module as root without any capability, as in a container.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** @returns what the module prints, as JSON */
export function withoutCapabilities(module: string): unknown {
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", module];
  const command = ["--bounding-set=-all", "--inh-caps=-all", ...node];
  const { stdout, stderr, status } = spawnSync("setpriv", command, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
