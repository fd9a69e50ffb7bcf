import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { it } from "node:test";
import * as linux from "./index.ts";

it("importing the package loads no native code", () => {
  assert.equal(typeof linux.mapCreate, "function");
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("koffi"));
  assert.deepEqual(loaded, []);
});
