import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { interfaceAdd, RouteSocket } from "./netlink/index.ts";
import { sysctlRead, sysctlWrite } from "./sysctl.ts";
import { isSystemError } from "./system-error.ts";
import { rootTest, temporaryNamespace } from "./testing/index.ts";

describe("setting names", { skip: process.platform !== "linux" }, () => {
  it("that would leave /proc/sys are refused", () => {
    for (const name of [
      "",
      "kernel",
      "..",
      "net..ipv4",
      ".net.ipv4",
      "net.ipv4.",
      "net.//.//",
      "a b.c",
      "../etc.passwd",
    ]) {
      assert.throws(
        () => sysctlRead(name),
        (error) => isSystemError(error, "EINVAL", "ENOENT"),
        name,
      );
    }
  });

  it("are read without the line break", () => {
    assert.equal(sysctlRead("kernel.ostype"), "Linux");
  });

  it("the kernel does not have are a clear error", () => {
    assert.throws(
      () => sysctlRead("net.ipv4.no_such_setting"),
      (error) => isSystemError(error, "ENOENT") && error.what === "Cannot read the setting net.ipv4.no_such_setting",
    );
    assert.throws(
      () => sysctlWrite("net.ipv4.no_such_setting", 1),
      (error) => isSystemError(error, "ENOENT", "EACCES"),
    );
  });
});

rootTest("a namespace has settings of its own", () => {
  using temporary = temporaryNamespace();
  const outside = sysctlRead("net.ipv4.ip_forward");
  const other = outside === "1" ? "0" : "1";
  sysctlWrite("net.ipv4.ip_forward", other, temporary.namespace);
  assert.equal(sysctlRead("net.ipv4.ip_forward", temporary.namespace), other);
  assert.equal(sysctlRead("net.ipv4.ip_forward"), outside);
});

rootTest("a dot in an interface's name is written as a slash", () => {
  using temporary = temporaryNamespace();
  using socket = temporary.namespace.enter(() => new RouteSocket());
  interfaceAdd(socket, { kind: "veth", name: "eth0.7", peer: { name: "peer0" } });
  sysctlWrite("net.ipv4.conf.eth0/7.rp_filter", 2, temporary.namespace);
  assert.equal(sysctlRead("net.ipv4.conf.eth0/7.rp_filter", temporary.namespace), "2");
});

rootTest("a value the kernel refuses is a clear error and changes nothing", () => {
  using temporary = temporaryNamespace();
  const { namespace } = temporary;
  const before = sysctlRead("net.ipv4.ip_forward", namespace);
  assert.throws(
    () => sysctlWrite("net.ipv4.ip_forward", "often", namespace),
    (error) => isSystemError(error, "EINVAL") && error.what === 'Cannot set net.ipv4.ip_forward to "often"',
  );
  assert.equal(sysctlRead("net.ipv4.ip_forward", namespace), before);
});
