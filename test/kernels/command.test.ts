import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { run, runShell } from "./command.ts";

const { signal } = new AbortController();

describe("a command", () => {
  it("fails with its command line and what it said", async () => {
    await assert.rejects(runShell("echo no such luck >&2; exit 3", [], { signal }), /bash.*exit 3.*: no such luck/s);
  });

  it("fails where any part of a pipe fails", async () => {
    await assert.rejects(runShell("false | true", [], { signal }));
  });

  it("says when there is no such program", async () => {
    await assert.rejects(run("weir-no-such-program", [], { signal }), /there is no such program/);
  });

  it("ends early with the reason of the signal", async () => {
    const end = new AbortController();
    const sleeping = run("sleep", ["60"], { signal: end.signal });
    end.abort(new Error("enough"));
    await assert.rejects(sleeping, /enough/);
  });
});
