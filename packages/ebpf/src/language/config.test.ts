import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { config, configDefaults, configValues } from "./config.ts";

describe("configuration constants", () => {
  it("have their defaults outside of any machine", () => {
    const options = config({ nat: true, hops: 3, limit: 5n });
    assert.deepEqual({ ...options }, { nat: true, hops: 3, limit: 5n });
    assert.deepEqual(configDefaults(options), { nat: true, hops: 3, limit: 5n });
    assert.equal(configDefaults({ nat: true }), null);
  });

  it("refuse unknown names, other types and objects that were not declared", () => {
    const options = config({ nat: true, hops: 3 });
    assert.throws(() => configValues(options, { hop: 3 }), /only nat, hops/);
    assert.throws(() => configValues(options, { hops: true }), /default 3 is a number/);
    assert.throws(() => configValues({ hops: 3 }, { hops: 1 }), /not made by config/);
  });
});
