import assert from "node:assert/strict";
import { mkdtempSync, rmdirSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountBpf, unmount } from "../mount.ts";
import { isSystemError } from "../system-error.ts";
import { rootTest } from "../testing/index.ts";
import { mapCreate, mapUpdate } from "./map.ts";
import { mapInfo } from "./object-info.ts";
import { objectGet, objectPin } from "./pin.ts";

const array = () => mapCreate({ type: "array", keySize: 4, valueSize: 4, maxEntries: 1, name: "pinned" });

/** A bpf file system of the test's own. */
function withBpfDirectory(body: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "weir-pin-"));
  try {
    mountBpf(directory);
    body(directory);
  } finally {
    unmount(directory);
    rmdirSync(directory);
  }
}

rootTest("a pinned map outlives its descriptor and is found by its path", () => {
  withBpfDirectory((directory) => {
    const path = join(directory, "map");
    const map = array();
    const { id } = mapInfo(map);
    objectPin(map, path);
    map.close();
    using found = objectGet(path);
    assert.equal(mapInfo(found).id, id);
    unlinkSync(path);
    assert.throws(
      () => objectGet(path),
      (error) => isSystemError(error, "ENOENT") && error.message.includes(path),
    );
  });
});

rootTest("a map opened read-only refuses writes", () => {
  withBpfDirectory((directory) => {
    const path = join(directory, "map");
    using map = array();
    objectPin(map, path);
    using readOnly = objectGet(path, { access: "read-only" });
    assert.throws(
      () => mapUpdate(readOnly, new Uint8Array(4), new Uint8Array(4)),
      (error) => isSystemError(error, "EPERM"),
    );
  });
});

rootTest("a path that is taken is refused", () => {
  withBpfDirectory((directory) => {
    using map = array();
    objectPin(map, join(directory, "map"));
    assert.throws(
      () => objectPin(map, join(directory, "map")),
      (error) => isSystemError(error, "EEXIST"),
    );
  });
});

rootTest("pinning outside of a bpf file system says what to mount", () => {
  using map = array();
  assert.throws(
    () => objectPin(map, join(tmpdir(), "weir-no-bpffs")),
    (error) => isSystemError(error, "EPERM") && error.fix.includes("mount -t bpf"),
  );
});
