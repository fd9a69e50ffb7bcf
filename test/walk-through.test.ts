/** The main job, whole: an administrator's four lines make a director that serves real clients from real servers. */
import assert from "node:assert/strict";
import { rootTest } from "../packages/linux/src/testing/index.ts";
import { walkThrough } from "../packages/weir/src/lab/walk-through.ts";

rootTest("two web servers behind one VIP by NAT and round robin answer two of four requests each", async () => {
  const { answers, loads, modes } = await walkThrough(4, () => {});
  // The newest real server is the first that round robin takes.
  assert.deepEqual(answers, ["rs2", "rs1", "rs2", "rs1"]);
  assert.deepEqual(modes, ["native", "native"]);
  // Every connection has been closed by both sides: it waits in TIME_WAIT and counts as inactive.
  const closed = { active: 0, inactive: 2 };
  assert.deepEqual(Object.fromEntries(loads), { "192.168.1.101": closed, "192.168.1.100": closed });
});
