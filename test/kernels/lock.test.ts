import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "./lock.ts";

it("a lock between processes lets in one at a time, and is free afterwards", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weir-lock-"));
  const lock = join(folder, "lock");
  const steps: string[] = [];
  const enter = async () => {
    steps.push("in");
    await delay(50);
    steps.push("out");
  };
  try {
    const { signal } = new AbortController();
    await Promise.all([withLock(lock, signal, enter), withLock(lock, signal, enter)]);
    assert.deepEqual(steps, ["in", "out", "in", "out"]);
    execFileSync("flock", ["--nonblock", lock, "true"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
