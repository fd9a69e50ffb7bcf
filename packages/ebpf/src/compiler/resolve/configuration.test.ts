import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConfigValues } from "./configuration.ts";
import { bind, main, resolveFiles } from "./testing/programs.ts";

describe("resolve: configuration", () => {
  const declarations = `import { config } from "@weir/ebpf";
const cfg = config({ nat: true, maxHops: 3, limit: 10n });
const hops = cfg.nat ? cfg.maxHops * 2 : 0;`;

  it("has the declared defaults", () => {
    const cfg = bind(declarations, "cfg");
    assert.ok(cfg.kind === "config");
    assert.deepEqual(cfg.values, { nat: true, maxHops: 3, limit: 10n });
  });

  it("takes the values that the compiler is given, in constants too", () => {
    const cfg = bind(declarations, "cfg", { maxHops: 5 });
    assert.ok(cfg.kind === "config");
    assert.deepEqual(cfg.values, { nat: true, maxHops: 5, limit: 10n });
    assert.deepEqual(bind(declarations, "hops", { maxHops: 5 }), { kind: "integer", value: 10 });
    assert.deepEqual(bind(declarations, "hops", { nat: false }), { kind: "integer", value: 0 });
  });

  const wrong: readonly { readonly values: ConfigValues; readonly message: RegExp }[] = [
    {
      values: { hops: 1 },
      message: /Cannot configure hops: the program has no such property, it declares nat, maxHops, limit\./,
    },
    { values: { nat: 1 }, message: /Cannot set nat to 1 \(number\): its default true is a boolean\./ },
    { values: { maxHops: 1.5 }, message: /Cannot set maxHops to 1\.5: it is not an integer/ },
    { values: { limit: -1n }, message: /Cannot set limit to -1: it is not an integer that a register holds exactly/ },
  ];
  for (const { values, message } of wrong) {
    it(`refuses ${Object.entries(values).join()}, and says why`, () => {
      assert.throws(() => bind(declarations, "cfg", values), message);
    });
  }

  it("refuses values for a program that declares no configuration", () => {
    assert.throws(() => resolveFiles({ "main.ts": main("") }, { nat: true }), /it declares no configuration/);
  });
});
