import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { namespaceCreate, namespaceCurrent, namespaceList, namespaceOpen, namespaceRemove } from "./namespace.ts";
import { isSystemError } from "./system-error.ts";
import { descriptorsLeakedBy, rootTest, temporaryNamespace } from "./testing/index.ts";

const here = () => readlinkSync("/proc/thread-self/ns/net");
const hasIp = () => (spawnSync("ip", ["-V"]).status === 0 ? undefined : "it needs iproute2");

rootTest("a namespace is made, listed, entered for one action and removed", () => {
  const name = `weir-test-${process.pid}-life`;
  const outside = here();
  const leaked = descriptorsLeakedBy(() => {
    const namespace = namespaceCreate(name);
    try {
      assert.ok(namespaceList().includes(name));
      const inside = namespace.enter(here);
      assert.notEqual(inside, outside);
      assert.equal(inside, `net:[${namespace.inode}]`);
      assert.equal(here(), outside);
    } finally {
      namespace.close();
      assert.equal(namespaceRemove(name), true);
    }
  });
  assert.deepEqual(leaked, []);
  assert.equal(existsSync(`/run/netns/${name}`), false);
  assert.equal(namespaceRemove(name), false);
});

rootTest("an action that throws still brings the thread back", () => {
  using temporary = temporaryNamespace();
  const outside = here();
  assert.throws(
    () =>
      temporary.namespace.enter(() => {
        throw new Error("inside");
      }),
    /inside/,
  );
  assert.equal(here(), outside);
});

rootTest("asynchronous work in a namespace is refused, and the thread is back", () => {
  using temporary = temporaryNamespace();
  const outside = here();
  assert.throws(() => temporary.namespace.enter(async () => {}), /Cannot do asynchronous work/);
  assert.equal(here(), outside);
});

rootTest("a child process lives in the namespace it was started in", async () => {
  using temporary = temporaryNamespace();
  const child = temporary.namespace.spawn("readlink", ["/proc/self/ns/net"], { stdio: ["ignore", "pipe", "inherit"] });
  assert.ok(child.stdout);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(child, "close");
  assert.equal(output.trim(), `net:[${temporary.namespace.inode}]`);
});

rootTest(
  "ip netns and this package see each other's namespaces",
  () => {
    using temporary = temporaryNamespace();
    assert.match(execFileSync("ip", ["netns", "exec", temporary.name, "ip", "link"], { encoding: "utf8" }), /LOOPBACK/);
    const name = `weir-test-${process.pid}-byip`;
    execFileSync("ip", ["netns", "add", name]);
    try {
      using opened = namespaceOpen(name);
      assert.equal(opened.inode, statSync(`/run/netns/${name}`).ino);
    } finally {
      namespaceRemove(name);
    }
    assert.ok(!execFileSync("ip", ["netns"], { encoding: "utf8" }).includes(name));
  },
  hasIp,
);

rootTest("a name that is taken is refused, and what has it stays", () => {
  using temporary = temporaryNamespace();
  const leaked = descriptorsLeakedBy(() =>
    assert.throws(
      () => namespaceCreate(temporary.name),
      (error) => isSystemError(error, "EEXIST") && error.fix.includes(`ip netns del ${temporary.name}`),
    ),
  );
  assert.deepEqual(leaked, []);
  assert.notEqual(temporary.namespace.enter(here), here());
});

rootTest("opening a name nobody has is a clear error", () => {
  assert.throws(
    () => namespaceOpen("weir-test-nobody"),
    (error) => isSystemError(error, "ENOENT") && error.message.includes("weir-test-nobody"),
  );
});

rootTest("names that would leave /run/netns are refused", () => {
  for (const name of ["", ".", "..", "a/b", "../x", "a b", "x".repeat(300)]) {
    assert.throws(
      () => namespaceCreate(name),
      (error) => isSystemError(error, "EINVAL"),
      JSON.stringify(name),
    );
  }
});

rootTest("the leftover of a failed creation can be removed", () => {
  using _ = temporaryNamespace(); // makes sure of the directory
  const name = `weir-test-${process.pid}-leftover`;
  writeFileSync(`/run/netns/${name}`, "");
  assert.equal(namespaceRemove(name), true);
  assert.equal(existsSync(`/run/netns/${name}`), false);
});

rootTest("a temporary namespace goes with the process, also when a signal ends it", async () => {
  const script = `
    import { temporaryNamespace } from ${JSON.stringify(new URL("./testing/index.ts", import.meta.url).href)};
    console.log(temporaryNamespace("killed").name);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
  const [line] = await once(child.stdout, "data");
  const path = `/run/netns/${String(line).trim()}`;
  assert.equal(existsSync(path), true);
  child.kill("SIGTERM");
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGTERM");
  assert.equal(existsSync(path), false);
});

rootTest("Node's thread pool stays outside, even when its first work is asked for inside", async () => {
  const script = `
    import { lstat, readlinkSync, readdirSync } from "node:fs";
    import { temporaryNamespace } from ${JSON.stringify(new URL("./testing/index.ts", import.meta.url).href)};
    const { namespace } = temporaryNamespace();
    namespace.enter(() => void lstat("/", () => {}));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const namespaces = readdirSync("/proc/self/task").map((task) => readlinkSync("/proc/self/task/" + task + "/ns/net"));
    console.log(new Set(namespaces).size);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  assert.equal(execFileSync(process.execPath, args, { encoding: "utf8" }).trim(), "1");
});

rootTest("the current namespace can be kept and entered", () => {
  using current = namespaceCurrent();
  assert.equal(current.enter(here), here());
});
