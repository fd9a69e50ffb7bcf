/**
 * A bpf file system of a test's own, unmounted when the test ends.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountBpf, unmount } from "@weir/linux";

export interface TemporaryBpffs extends Disposable {
  /** Where it is mounted. */
  readonly path: string;
  /** Names of what is pinned or made there. */
  names(): readonly string[];
}

/** Mounts one, to be held with `using`. */
export function temporaryBpffs(): TemporaryBpffs {
  const path = mkdtempSync(join(tmpdir(), `weir-bpffs-${process.pid}-`));
  mountBpf(path);
  const remove = () => {
    unmount(path);
    rmdirSync(path);
  };
  // A test that ends the process would otherwise leave the mount behind.
  process.once("exit", remove);
  return {
    path,
    // The kernel puts iterators of its own there, with a dot in their names, which no pin of ours can have.
    names: () =>
      readdirSync(path)
        .filter((name) => !name.includes("."))
        .sort(),
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
