import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOnBpfFileSystem, mountBpf, unmount } from "./mount.ts";
import { isSystemError } from "./system-error.ts";
import { rootTest } from "./testing/index.ts";

rootTest("a bpf file system is mounted once, and recognised", () => {
  const parent = mkdtempSync(join(tmpdir(), "weir-mount-"));
  const directory = join(parent, "bpf");
  try {
    assert.equal(isOnBpfFileSystem(directory), false);
    assert.equal(mountBpf(directory), true);
    assert.equal(isOnBpfFileSystem(directory), true);
    assert.equal(mountBpf(directory), false);
  } finally {
    unmount(directory);
    rmdirSync(directory);
    rmdirSync(parent);
  }
});

rootTest("a failed mount leaves no directory behind", () => {
  assert.throws(
    () => mountBpf("/proc/weir-no-such-place"),
    (error) => isSystemError(error, "ENOENT") && error.message.includes("/proc/weir-no-such-place"),
  );
  assert.equal(existsSync("/proc/weir-no-such-place"), false);
});

rootTest("unmounting what is not mounted is a clear error", () => {
  assert.throws(
    () => unmount(tmpdir()),
    (error) => isSystemError(error, "EINVAL") && error.what === `Cannot unmount ${tmpdir()}`,
  );
});
