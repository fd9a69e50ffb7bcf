import assert from "node:assert/strict";
import { test } from "node:test";
import { countCpus } from "./possible-cpus.ts";

for (const { list, count } of [
  { list: "0\n", count: 1 },
  { list: "0-1\n", count: 2 },
  { list: "0-127", count: 128 },
  { list: "0-3,8", count: 5 },
]) {
  test(`${JSON.stringify(list)} is ${count} CPUs`, () => assert.equal(countCpus(list), count));
}

test("what is no list of CPUs is refused", () => {
  assert.throws(() => countCpus(""), /Cannot read "" as a list of CPUs/);
  assert.throws(() => countCpus("none"), /Cannot read "none"/);
});
