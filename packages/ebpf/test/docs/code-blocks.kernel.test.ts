import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { load, VerifierError } from "../../src/loader/index.ts";
import { codeBlocks, compileText, moduleOf, PAGES } from "./code-blocks.ts";

for (const page of PAGES) {
  const blocks = codeBlocks(page);
  rootTest(`the code of ${page} loads into the kernel`, () => load(compileText(moduleOf(blocks))).close());

  for (const { info, text, line, answer } of blocks) {
    if (info !== "ts unverified") continue;
    rootTest(`${page}, line ${line}: the verifier refuses the module, and in these words`, () => {
      assert.throws(
        () => load(compileText(text)).close(),
        (error) => {
          assert.ok(error instanceof VerifierError);
          assert.equal(withoutLength(`${error.message}\n`), withoutLength(answer ?? ""));
          return true;
        },
      );
    });
  }
}

/** How long a log is differs from kernel to kernel. */
function withoutLength(message: string): string {
  return message.replace(/\(\d+ lines\)/, "(some lines)");
}
