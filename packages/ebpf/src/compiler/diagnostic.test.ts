import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError, formatDiagnostic, lineAndColumn, lineText } from "./diagnostic.ts";
import type { Span } from "./tree.ts";

const text = "const a = 1;\nconst b = head.count / 2;\n\nlast";
const source = { path: "main.ts", text };

function spanOf(words: string, of = source): Span {
  const start = of.text.indexOf(words);
  return { source: of, start, end: start + words.length };
}

describe("a diagnostic", () => {
  it("prints place, expression, rule, what was got and what to write", () => {
    const at = spanOf("head.count / 2");
    assert.equal(
      formatDiagnostic({ rule: "E303", at, got: "'/' on numbers gives a fraction", write: "write Math.floor(a / b)" }),
      [
        "main.ts:2:11: '/' on numbers gives a fraction [E303]",
        "  const b = head.count / 2;",
        "            ^~~~~~~~~~~~~~",
        "  write: write Math.floor(a / b)",
      ].join("\n"),
    );
  });

  it("marks what lies in the first line of a place that spans several", () => {
    const at = { source, start: text.indexOf("head"), end: text.length };
    assert.match(formatDiagnostic({ rule: "E303", at, got: "x", write: "y" }), /\n {12}\^~{14}\n/);
  });

  it("shows a window of a very long line, and marks the right words in it", () => {
    const long = { path: "long.ts", text: `${"x".repeat(500)} wrong ${"y".repeat(500)}` };
    const [, line = "", marker = ""] = formatDiagnostic({
      rule: "E303",
      at: spanOf("wrong", long),
      got: "x",
      write: "y",
    }).split("\n");
    assert.equal(line.length, 202);
    assert.equal(line.slice(marker.indexOf("^"), marker.length), "wrong");
  });

  it("knows lines and columns as editors count them", () => {
    assert.deepEqual(lineAndColumn({ source, start: 0, end: 1 }), { line: 1, column: 1 });
    assert.deepEqual(lineAndColumn({ source, start: 12, end: 13 }), { line: 1, column: 13 });
    assert.deepEqual(lineAndColumn({ source, start: 13, end: 14 }), { line: 2, column: 1 });
    assert.deepEqual(
      [1, 2, 3, 4].map((line) => lineText(source, line)),
      ["const a = 1;", "const b = head.count / 2;", "", "last"],
    );
  });
});

describe("a compile error", () => {
  it("carries all refusals and prints one after the other", () => {
    const one = { rule: "E303", at: spanOf("a"), got: "first", write: "x" } as const;
    const error = new CompileError([one, { ...one, got: "second" }]);
    assert.deepEqual(
      error.diagnostics.map(({ got }) => got),
      ["first", "second"],
    );
    assert.match(error.message, /first[\s\S]*\n\nmain\.ts:1:7: second/);
  });
});
