import assert from "node:assert/strict";
import { returning, rootTest } from "../testing/index.ts";
import { enableRunStatistics, objectById, objectIds } from "./ids.ts";
import { mapCreate } from "./map.ts";
import { mapInfo, programInfo } from "./object-info.ts";
import { programLoad } from "./program-load.ts";
import { programTestRun } from "./test-run.ts";

rootTest("a map is found among all ids and opens by its id", () => {
  using map = mapCreate({ type: "lru_hash", keySize: 4, valueSize: 12, maxEntries: 16, name: "by_id" });
  const { id } = mapInfo(map);
  assert.ok([...objectIds("map")].includes(id));
  const opened = objectById("map", id);
  assert.ok(opened);
  using _ = opened;
  const info = mapInfo(opened);
  assert.deepEqual(
    { type: info.type, keySize: info.keySize, valueSize: info.valueSize, maxEntries: info.maxEntries, name: info.name },
    { type: "lru_hash", keySize: 4, valueSize: 12, maxEntries: 16, name: "by_id" },
  );
});

rootTest("an id nobody has opens nothing", () => {
  assert.equal(objectById("program", 0x7fff_ffff), undefined);
});

rootTest("runs are counted while statistics are enabled", () => {
  using fd = programLoad({ type: "xdp", instructions: returning(2), license: "MIT" }).fd;
  using _ = enableRunStatistics();
  programTestRun(fd, { data: new Uint8Array(64), repeat: 3 });
  assert.equal(programInfo(fd).runCount, 3n);
});
