import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { errnoNumber, errnoOf } from "./errno.ts";

describe("errno", () => {
  it("knows the name and meaning of a number", () => {
    assert.deepEqual(errnoOf(1), { number: 1, name: "EPERM", text: "operation not permitted" });
    assert.deepEqual(errnoOf(28), { number: 28, name: "ENOSPC", text: "no space left on device" });
    assert.equal(errnoOf(524).name, "ENOTSUPP");
  });

  it("keeps the digits of a number it does not know", () => {
    assert.deepEqual(errnoOf(999), { number: 999, name: "E999", text: "unknown error 999" });
  });

  it("finds the number behind a name and refuses a name Linux does not have", () => {
    assert.equal(errnoNumber("EOPNOTSUPP"), 95);
    assert.throws(() => errnoNumber("EWHATEVER"), /Linux has no error called EWHATEVER/);
  });

  it("agrees with Node's own table wherever that has an entry", { skip: process.platform !== "linux" }, () => {
    const aliases = new Set(["EWOULDBLOCK", "ENOTSUP"]);
    for (const [name, number] of Object.entries(constants.errno)) {
      if (!aliases.has(name)) assert.equal(errnoOf(number).name, name);
    }
  });
});
