import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { namespaceList } from "@weir/linux";

const run = fileURLToPath(new URL("./run.ts", import.meta.url));

function runExample(...args: readonly string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", run, ...args], { encoding: "utf8" });
}

describe("the examples, run by name", () => {
  for (const name of ["packet-counter", "syn-rate-limiter", "tcx-redirect", "sockmap-splice"]) {
    it(`${name} shows itself in V8, and in the kernel or says loudly why not there, and leaves no namespace behind`, () => {
      const { status, stdout, stderr, pid } = runExample(name);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /in V8 \(the twin\)/);
      assert.ok(/in the kernel/.test(stdout) || /^NOT RUN: .* in the kernel: /m.test(stderr), stdout + stderr);
      const left = namespaceList().filter((namespace) => namespace.includes(`-${pid}-`));
      assert.deepEqual(left, []);
    });
  }

  it("a name that is none is refused with those there are", () => {
    const { status, stderr } = runExample("packet-conter");
    assert.equal(status, 1);
    assert.match(stderr, /Cannot run the example packet-conter: there are packet-counter, sockmap-splice, /);
  });

  it("each has its program tested in the twin and in the kernel", () => {
    const programs = [
      "packet-counter/counter",
      "syn-rate-limiter/limiter",
      "tcx-redirect/patch",
      "sockmap-splice/splice",
    ];
    const files = programs.flatMap((program) => [".ts", ".test.ts", ".kernel.test.ts"].map((end) => program + end));
    assert.deepEqual(
      files.filter((file) => !existsSync(new URL(file, import.meta.url))),
      [],
    );
  });
});
