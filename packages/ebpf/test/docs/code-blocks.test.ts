import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError } from "../../src/compiler/index.ts";
import { type CodeBlock, codeBlocks, compileText, moduleOf, PAGES, readInPackage } from "./code-blocks.ts";

for (const page of PAGES) {
  describe(page, () => {
    const blocks = codeBlocks(page);
    it("has code that compiles", () => assert.notEqual(compileText(moduleOf(blocks)).programs.length, 0));
    for (const block of blocks) checkBlock(block);
  });
}

describe("README.md", () => {
  it("shows the packet counter of the examples, in ten lines that are not empty", () => {
    const shown = moduleOf(codeBlocks("README.md"));
    assert.ok(readInPackage("examples/packet-counter/counter.ts").endsWith(shown));
    assert.equal(shown.split("\n").filter((line) => line !== "").length, 10);
  });
});

function checkBlock({ info, text, line, answer }: CodeBlock): void {
  const [language, what, rule] = info.split(" ");
  if (language !== "ts" || what === undefined) return;
  if (what === "unverified") {
    it(`line ${line}: the module compiles`, () => void compileText(text));
  } else if (what === "refused") {
    it(`line ${line}: the module is refused by ${rule}, and in these words`, () => {
      const error = refusalOf(text);
      assert.deepEqual(
        error?.diagnostics.map((diagnostic) => diagnostic.rule),
        [rule],
      );
      assert.equal(`${error?.message}\n`, answer);
    });
  } else {
    it(`line ${line}: the code stands in ${what}`, () => {
      assert.ok(withoutIndentation(readInPackage(what)).includes(withoutIndentation(text)));
    });
  }
}

function refusalOf(text: string): CompileError | null {
  try {
    compileText(text);
    return null;
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
}

function withoutIndentation(text: string): string {
  return text.replace(/^ +/gm, "");
}
