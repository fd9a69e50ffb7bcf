import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromNodeError, isSystemError, SystemError, unwrap } from "./system-error.ts";

describe("SystemError", () => {
  it("says what failed, why, with which code, and how to fix it", () => {
    const error = new SystemError(1, { operation: "bpf(BPF_MAP_CREATE)", what: "Cannot create the map conns" });
    assert.equal(
      error.message,
      "Cannot create the map conns: operation not permitted (EPERM from bpf(BPF_MAP_CREATE)). " +
        "Run as root, or grant CAP_BPF together with CAP_NET_ADMIN (CAP_SYS_ADMIN before Linux 5.8).",
    );
    assert.equal(error.code, "EPERM");
    assert.equal(error.errno, 1);
  });

  it("prefers the caller's reason and advice to the general ones", () => {
    const error = new SystemError(16, {
      operation: "bpf(BPF_LINK_CREATE)",
      what: "Cannot attach to eth0",
      why: "another XDP program is attached",
      fix: "Detach it first.",
    });
    assert.equal(
      error.message,
      "Cannot attach to eth0: another XDP program is attached (EBUSY from bpf(BPF_LINK_CREATE)). Detach it first.",
    );
  });

  it("keeps long evidence out of the message", () => {
    const error = new SystemError(22, { operation: "x", what: "y", log: "0: R1=ctx()" });
    assert.equal(error.log, "0: R1=ctx()");
    assert.ok(!error.message.includes("R1=ctx"));
  });
});

describe("unwrap", () => {
  it("passes zero and positive results on", () => {
    const never = () => assert.fail("not called");
    assert.equal(unwrap(0, never), 0);
    assert.equal(unwrap(7, never), 7);
  });

  it("turns a negative result into a SystemError", () => {
    assert.throws(
      () => unwrap(-17, () => ({ operation: "open", what: "Cannot open x" })),
      (error) => isSystemError(error, "EEXIST") && !isSystemError(error, "EPERM"),
    );
  });
});

describe("fromNodeError", () => {
  it("keeps the code of one of Node's own errors and passes others on", () => {
    const error = fromNodeError(Object.assign(new Error("x"), { code: "ENOENT" }), { operation: "open", what: "y" });
    assert.equal(error.code, "ENOENT");
    assert.throws(() => fromNodeError(new TypeError("ours"), { operation: "open", what: "y" }), /ours/);
  });
});
