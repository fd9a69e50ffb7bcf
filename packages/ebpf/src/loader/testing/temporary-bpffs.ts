/**
 * A bpf file system of a test's own, unmounted when the test ends.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryBpffs extends Disposable {
  /** Where it is mounted. */
  readonly path: string;
  /** Names of what is pinned or made there. */
  names(): readonly string[];
}

/** Mounts one, to be held with `using`. */
export function temporaryBpffs(): TemporaryBpffs {
  const path = mkdtempSync(join(tmpdir(), "weir-bpffs-"));
  execFileSync("mount", ["-t", "bpf", "weir-test", path]);
  const remove = () => {
    execFileSync("umount", [path]);
    rmdirSync(path);
  };
  // A test that ends the process would otherwise leave the mount behind.
  process.once("exit", remove);
  return {
    path,
    names: () => readdirSync(path).sort(),
    [Symbol.dispose]() {
      process.removeListener("exit", remove);
      remove();
    },
  };
}

/** Asserts what is pinned, by name. */
export function assertPinned(bpffs: TemporaryBpffs, ...names: readonly string[]): void {
  assert.deepEqual(bpffs.names(), [...names].sort());
}
