import assert from "node:assert/strict";
import { test } from "node:test";
import { Undo } from "./undo.ts";

test("a failing step takes back all steps before it, the last one first", () => {
  const taken: string[] = [];
  assert.throws(
    () =>
      Undo.run((undo) => {
        undo.push(() => taken.push("first"));
        undo.closing({ close: () => taken.push("second") });
        throw new Error("third step");
      }),
    /third step/,
  );
  assert.deepEqual(taken, ["second", "first"]);
});

test("steps that succeed take nothing back", () => {
  const result = Undo.run((undo) => {
    undo.push(() => assert.fail("must not run"));
    return 7;
  });
  assert.equal(result, 7);
});

test("what fails while taking back neither stops the rest nor hides the first error", () => {
  const taken: string[] = [];
  assert.throws(
    () =>
      Undo.run((undo) => {
        undo.push(() => taken.push("first"));
        undo.push(() => {
          throw new Error("cannot take back");
        });
        throw new Error("the cause");
      }),
    /the cause/,
  );
  assert.deepEqual(taken, ["first"]);
});
