import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { braces, printText, type Text } from "./generate/text.ts";
import { minimise } from "./minimise.ts";

/** The smallest text of which a part is still there. */
async function smallest(text: readonly Text[], part: string): Promise<string> {
  return printText(await minimise(text, async (candidate) => printText(candidate).includes(part)));
}

describe("minimise", () => {
  it("takes out the statements that a failure does not need", async () => {
    assert.equal(await smallest(["one();", "two();", "three();"], "two"), "two();\n");
  });

  it("takes away the braces around the one that it needs", async () => {
    const text = [
      "one();",
      {
        sections: [
          { open: "if (a) {", body: ["two();"] },
          { open: "} else {", body: ["three();"] },
        ],
        close: "}",
      },
    ];
    assert.equal(await smallest(text, "three"), "three();\n");
  });

  it("keeps braces that are needed, and empties them", async () => {
    assert.equal(await smallest([braces("while (b) {", ["one();", "two();"])], "while"), "while (b) {\n}\n");
  });

  it("puts constants for expressions, or one of their operands", async () => {
    assert.equal(await smallest(["x = f((a + b) * (c - d));"], "c"), "x = f((c));\n");
  });
});
