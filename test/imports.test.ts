import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type Graph, readGraph, resolveImports } from "./imports/graph.ts";
import { readModule } from "./imports/module.ts";
import { type Folder, folders, type Knot, knots } from "./imports/rules.ts";
import { violations } from "./imports/violations.ts";

describe("the imports of the packages", () => {
  it("run downwards, without a cycle, and pure folders have no effects", () => {
    const broken = violations(readGraph(fileURLToPath(new URL("..", import.meta.url))), { folders, knots });
    assert.deepEqual(broken, []);
  });
});

describe("the import rules, on a small made-up house", () => {
  const house: readonly Folder[] = [
    { path: "packages/a/src/cellar", holds: "", imports: [], pure: {} },
    { path: "packages/a/src/attic", holds: "", imports: ["packages/a/src/cellar"], packages: ["koffi"] },
  ];
  const cellar = "packages/a/src/cellar/wine.ts";
  const attic = "packages/a/src/attic/box.ts";
  const exports = new Map([["@house/a", attic]]);

  function graphOf(sources: Readonly<Record<string, string>>): Graph {
    const entries = Object.entries(sources);
    return new Map(entries.map(([path, text]) => [path, resolveImports(path, readModule(path, text), exports)]));
  }

  /** What a house of these sources breaks. */
  function brokenBy(sources: Readonly<Record<string, string>>, folders = house, knots: readonly Knot[] = []) {
    return violations(graphOf({ [cellar]: "", [attic]: "", ...sources }), { folders, knots });
  }

  it("accept an arrow that runs down, a package in its one place, and an effect in a folder that is not pure", () => {
    const text = 'import "../cellar/wine.ts"; import koffi from "koffi"; import "node:fs"; Date.now();';
    assert.deepEqual(brokenBy({ [attic]: text }), []);
  });

  const upwards = [
    'import { box } from "../attic/box.ts";',
    'import type { Box } from "../attic/box.ts";',
    'export * from "../attic/box.ts";',
    'export { box } from "../attic/box.ts";',
    'const box = await import("../attic/box.ts");',
    'type Box = import("../attic/box.ts").Box;',
    'import { box } from "@house/a";',
  ];
  for (const text of upwards) {
    it(`refuse an arrow that runs up: ${text}`, () => {
      const why = `${cellar} imports ${attic}: no arrow leads from packages/a/src/cellar to packages/a/src/attic`;
      assert.deepEqual(brokenBy({ [cellar]: text }), [why]);
    });
  }

  it("refuse a cycle within a folder, name its files, and accept it as a declared knot until it is untied", () => {
    const [oak, cork] = ["packages/a/src/cellar/oak.ts", "packages/a/src/cellar/cork.ts"];
    const tied = {
      [cellar]: 'import "./oak.ts";',
      [oak]: 'import type {} from "./cork.ts";',
      [cork]: 'export * from "./wine.ts";',
    };
    assert.deepEqual(brokenBy(tied), [`these files import each other in a cycle: ${[cork, oak, cellar].join(", ")}`]);
    const knot = { folder: "packages/a/src/cellar", reason: "wine, oak and cork make each other" };
    assert.deepEqual(brokenBy(tied, house, [knot]), []);
    assert.equal(brokenBy({ ...tied, [oak]: "" }, house, [knot]).length, 1);
  });

  it("refuse a file that imports itself", () => {
    assert.equal(brokenBy({ [cellar]: 'import "./wine.ts";' }).length, 1);
  });

  it("refuse a package outside its one place", () => {
    assert.deepEqual(brokenBy({ [cellar]: 'import "koffi/indirect";' }), [
      `${cellar} imports koffi: packages/a/src/cellar does not use this package`,
    ]);
  });

  const effects = [
    ['import "node:fs/promises";', "imports node:fs"],
    ['import { connect } from "node:net";', "imports node:net"],
    ['import { execFile } from "node:child_process";', "imports node:child_process"],
    ["process.env.HOME;", "uses process.env in line 1"],
    ["\nDate.now();", "uses Date.now in line 2"],
    ["new Date();", "uses Date in line 1"],
    ["Math.random();", "uses Math.random in line 1"],
    ["setTimeout(() => {}, 1);", "uses setTimeout in line 1"],
    ["const f = performance.now;", "uses performance.now in line 1"],
  ] as const;
  for (const [text, effect] of effects) {
    it(`refuse an effect in a pure folder: ${text.trim()}`, () => {
      const [sentence = "", ...others] = brokenBy({ [cellar]: text });
      assert.equal(sentence.startsWith(`${cellar} ${effect}, and packages/a/src/cellar is pure`), true, sentence);
      assert.deepEqual(others, []);
    });
  }

  it("accept an effect in a declared edge, and refuse the declaration once the effect is gone", () => {
    const [below, above] = house as [Folder, Folder];
    const rules = [{ ...below, pure: { [cellar]: "reads the thermometer" } }, above];
    assert.deepEqual(brokenBy({ [cellar]: "Date.now();" }, rules), []);
    assert.equal(brokenBy({ [cellar]: "" }, rules).length, 1);
  });

  it("let tests import and do anything, and nothing but tests import them", () => {
    const test = "packages/a/src/cellar/wine.test.ts";
    const support = "packages/a/src/cellar/tasting.ts";
    const testText = 'import "node:fs"; import "../attic/box.ts"; import "./tasting.ts"; Date.now();';
    const supportText = 'import { it } from "node:test";';
    assert.deepEqual(brokenBy({ [test]: testText, [support]: supportText }), []);
    assert.deepEqual(brokenBy({ [cellar]: 'import "./tasting.ts";', [support]: supportText }), [
      `${cellar} imports ${support}: there is no such file, or it is a test`,
    ]);
  });

  it("refuse a file in a folder that the rules do not know", () => {
    assert.equal(brokenBy({ "packages/a/src/garage/car.ts": "" }).length, 1);
  });

  it("refuse a table in which a folder imports one that does not stand before it", () => {
    assert.equal(brokenBy({}, [...house].reverse()).length, 1);
  });
});
