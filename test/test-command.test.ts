import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));

describe("npm test, in a small made-up checkout", () => {
  let made = "";

  before(() => {
    made = mkdtempSync(join(tmpdir(), "weir-checkout-"));
    mkdirSync(join(made, "packages/a/src/deep"), { recursive: true });
    for (const part of ["scripts", "package.json", "package-lock.json"]) {
      cpSync(join(checkout, part), join(made, part), { recursive: true });
    }
    symlinkSync(join(checkout, "node_modules"), join(made, "node_modules"));
    writeFileSync(join(made, "scripts/debian-packages.json"), '{ "run": [], "test": [], "kernels": [] }');
    const test = (body: string) => `import { it } from "node:test";\nit("runs", () => { ${body} });\n`;
    const notRun = (stream: string) => `process.${stream}.write("NOT RUN: magic: no wand. Buy one\\n")`;
    writeFileSync(join(made, "packages/a/src/good.test.ts"), test("const typed: number = 1; void typed;"));
    writeFileSync(join(made, "packages/a/src/deep/bad.test.ts"), test("throw new Error('bad');"));
    writeFileSync(join(made, "packages/a/src/wandless.test.ts"), test(`${notRun("stderr")}; ${notRun("stdout")};`));
  });
  after(() => rmSync(made, { recursive: true }));

  function npmTest(...filters: readonly string[]) {
    // Without this, Node takes the inner test runner for a part of the outer one.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(process.execPath, [join(made, "scripts/test.mjs"), ...filters], { env, encoding: "utf8" });
  }

  it("runs the matching files and ends with status 0 when they pass", () => {
    const { status, stdout } = npmTest("good");
    assert.equal(status, 0);
    assert.match(stdout, /^ℹ tests 1$/m);
    assert.match(stdout, /^ℹ pass 1$/m);
    assert.doesNotMatch(stdout, /did not run everything/);
  });

  it("ends with status 1 when a test fails", () => {
    const { status, stdout } = npmTest("good", "deep/");
    assert.equal(status, 1);
    assert.match(stdout, /^ℹ pass 1$/m);
    assert.match(stdout, /^ℹ fail 1$/m);
  });

  it("ends with status 1 when no file matches", () => {
    const { status, stderr } = npmTest("nothing");
    assert.equal(status, 1);
    assert.equal(stderr, `No test file's path contains "nothing".\n`);
  });

  it("repeats last, and once, what did not run, and still passes", () => {
    const { status, stdout } = npmTest("wandless");
    assert.equal(status, 0);
    assert.match(stdout, /did not run everything \(1\):\n\nNOT RUN: magic: no wand\. Buy one\n═+\n$/);
  });
});
