import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readModule } from "../imports/module.ts";
import { baselessSkips, deadLinks, lineCount, missingSections, postponements, unreferencedFiles } from "./findings.ts";

describe("findings of untidiness", () => {
  it("name the line where work is put off, and leave words alone that only contain the mark", () => {
    const mark = ["TO", "DO"].join("");
    assert.deepEqual(postponements("a.ts", `one\n// ${mark}: later\nconst ${mark}S = 1;`), [
      `a.ts:2: // ${mark}: later`,
    ]);
  });

  const baseless = [
    'it.skip("x", () => {})',
    'describe.only("x", () => {})',
    'test.todo("x")',
    'it("x", { skip: true }, () => {})',
    'it("x", { timeout: 1, only: true }, () => {})',
    "context.skip()",
  ];
  for (const text of baseless) {
    it(`contain ${text}`, () => {
      assert.deepEqual(baselessSkips("a.ts", `\n${text};`), [`a.ts:2: ${text}`]);
    });
  }

  const wellFounded = ['context.skip("it needs root")', 'it("x", { skip: reason }, () => {})', "bytes.skip(4)"];
  for (const text of wellFounded) {
    it(`do not contain ${text}`, () => {
      assert.deepEqual(baselessSkips("a.ts", text), []);
    });
  }

  it("count lines as an editor does", () => {
    assert.deepEqual(["", "a", "a\n", "a\nb"].map(lineCount), [1, 1, 1, 2]);
  });

  it("contain a file that only its own tests import", () => {
    const graph = new Map([
      ["a.ts", readModule("a.ts", "")],
      ["a.test.ts", { ...readModule("a.test.ts", ""), imports: ["a.ts"] }],
      ["a.kernel.test.ts", { ...readModule("a.kernel.test.ts", ""), imports: ["a.ts"] }],
    ]);
    assert.deepEqual(unreferencedFiles(graph, []), ["a.ts"]);
    assert.deepEqual(unreferencedFiles(graph, ["a.ts"]), []);
    const other = { ...readModule("b.test.ts", ""), mentions: ["a.ts"] };
    assert.deepEqual(unreferencedFiles(new Map([...graph, ["b.test.ts", other]]), []), []);
  });

  it("contain links to files that do not exist, seen from where the text stands", () => {
    const text = "[a](a.md) [b](../b.md#part) [c](c.md) [site](https://example.org/d.md) [here](#part)";
    const exists = (path: string) => ["docs/a.md", "b.md"].includes(path);
    assert.deepEqual(deadLinks("docs/x.md", text, exists), ["docs/x.md links to c.md, which does not exist"]);
  });

  it("contain the sections that a decision record lacks or leaves empty", () => {
    const record = "# 1\n\n## Status\n\nAccepted.\n\n## Context\n\n## Decision\n\nx\n";
    const missing = ['d.md lacks "## Context"', 'd.md lacks "## Consequences"'];
    assert.deepEqual(missingSections("d.md", record), missing);
  });
});
