import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { effectiveCapabilities, liftLockedMemoryLimit, parseCapabilities } from "./privilege.ts";
import { rootTest } from "./testing/index.ts";

describe("capabilities", () => {
  it("are the bits of CapEff", () => {
    // Bits 12 and 13: 0x3000.
    const found = parseCapabilities("CapPrm:\tffffffffffffffff\nCapEff:\t0000000000003000\n");
    assert.deepEqual([...found].sort(), ["CAP_NET_ADMIN", "CAP_NET_RAW"]);
  });

  it("include those that CAP_SYS_ADMIN stands in for", () => {
    const found = parseCapabilities("CapEff:\t0000000000200000\n"); // bit 21
    assert.deepEqual([...found].sort(), ["CAP_BPF", "CAP_PERFMON", "CAP_SYS_ADMIN"]);
  });

  it("are none where the line is missing", () => {
    assert.equal(parseCapabilities("Name:\tnode\n").size, 0);
  });
});

rootTest(
  "the limit of locked memory is lifted",
  () => {
    liftLockedMemoryLimit();
    assert.match(readFileSync("/proc/self/limits", "utf8"), /^Max locked memory\s+unlimited\s+unlimited/m);
  },
  () => (effectiveCapabilities().has("CAP_SYS_RESOURCE") ? undefined : "it needs CAP_SYS_RESOURCE"),
);

/** Runs a module in a process without any capability. */
function unprivileged(script: string): string {
  const args = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", process.execPath, "--import"];
  return execFileSync("setpriv", [...args, "tsx", "--input-type=module", "--eval", script], { encoding: "utf8" });
}

const modulePath = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

rootTest("without capabilities every way into the kernel is a clear error that names the right", () => {
  const script = `
    import * as linux from ${modulePath("./index.ts")};
    const attempts = [
      () => linux.mapCreate({ type: "hash", keySize: 4, valueSize: 4, maxEntries: 1 }),
      () => new linux.PacketSocket({ ifindex: 1 }),
      () => new linux.RawSocket({ family: "ipv4", protocol: 112 }),
      () => linux.namespaceCreate("weir-test-unprivileged"),
      () => linux.interfaceAdd(new linux.RouteSocket(), { kind: "bridge", name: "weirnope0" }),
      () => linux.sysctlWrite("net.ipv4.ip_forward", 1),
      () => linux.mountBpf("/tmp/weir-test-unprivileged"),
      () => linux.liftLockedMemoryLimit(),
      () => linux.requireCapabilities("forward packets", "CAP_NET_ADMIN", "CAP_BPF"),
    ];
    for (const attempt of attempts) {
      try { attempt(); console.log("succeeded"); } catch (error) { console.log(error.code + ": " + error.message); }
    }`;
  const lines = unprivileged(script).trim().split("\n");
  assert.equal(lines.length, 9);
  for (const line of lines) assert.match(line, /^(EPERM|EACCES): Cannot .*(Run as root|root)/);
  assert.equal(existsSync("/tmp/weir-test-unprivileged"), false, "the directory of the failed mount is gone again");
  assert.equal(existsSync("/run/netns/weir-test-unprivileged"), false);
  assert.match(lines.at(-1) ?? "", /this process lacks CAP_NET_ADMIN and CAP_BPF/);
});
