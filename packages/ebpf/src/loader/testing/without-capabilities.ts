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

/** Why it cannot be done on this machine, if so: small systems have a setpriv that only sets what is inherited. */
export function lacksSetpriv(): string | undefined {
  const { status } = spawnSync("setpriv", ["--bounding-set=-all", "true"]);
  return status === 0 ? undefined : "it needs setpriv of util-linux";
}
