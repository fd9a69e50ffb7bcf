import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readSync, writeSync } from "node:fs";
import { describe, it } from "node:test";
import { FileDescriptor } from "../file-descriptor.ts";
import { isSystemError } from "../system-error.ts";
import { libc } from "./libc.ts";
import { Readiness } from "./readiness.ts";

const EFD_NONBLOCK_CLOEXEC = 0o2004000;
const eventCounter = () => new FileDescriptor(libc().eventfd(0, EFD_NONBLOCK_CLOEXEC), "event counter");
const signal = ({ number }: FileDescriptor) => writeSync(number, new Uint8Array(BigUint64Array.of(1n).buffer));
const drain = ({ number }: FileDescriptor) => readSync(number, new Uint8Array(8));

describe("Readiness", { skip: process.platform !== "linux" }, () => {
  it("wakes up when the descriptor becomes readable, again and again", async () => {
    using counter = eventCounter();
    using readiness = new Readiness(counter);
    for (let round = 0; round < 3; round++) {
      const waiting = readiness.wait();
      signal(counter);
      assert.equal(await waiting, true);
      drain(counter);
    }
  });

  it("does not wake up while there is nothing to read", async () => {
    using counter = eventCounter();
    using readiness = new Readiness(counter);
    const timeout = new Promise((resolve) => setTimeout(resolve, 50, "timeout"));
    assert.equal(await Promise.race([readiness.wait(), timeout]), "timeout");
  });

  it("ends a pending wait when the descriptor is closed, and never waits again", async () => {
    const counter = eventCounter();
    const readiness = new Readiness(counter);
    const waiting = readiness.wait();
    counter.close();
    assert.equal(await waiting, false);
    assert.equal(await readiness.wait(), false);
  });

  it("lets a new descriptor with the same number be waited for", async () => {
    const first = eventCounter();
    const { number } = first;
    void new Readiness(first).wait();
    first.close();
    using second = eventCounter();
    assert.equal(second.number, number);
    using readiness = new Readiness(second);
    signal(second);
    assert.equal(await readiness.wait(), true);
  });

  it("refuses a second watcher, which libuv would not survive", () => {
    using counter = eventCounter();
    using _ = new Readiness(counter);
    assert.throws(
      () => new Readiness(counter),
      (error) => isSystemError(error, "EEXIST") && error.message.includes("event counter"),
    );
  });

  it("refuses a descriptor that never becomes readable", () => {
    using file = new FileDescriptor(libc().open("/proc/self/exe", 0, 0), "ordinary file");
    assert.throws(
      () => new Readiness(file),
      (error) => isSystemError(error, "EPERM") && /never becomes readable/.test(error.why),
    );
  });

  it("lets the process end when nobody waits", async () => {
    const script = `
      import { FileDescriptor } from ${JSON.stringify(new URL("../file-descriptor.ts", import.meta.url).href)};
      import { libc } from ${JSON.stringify(new URL("./libc.ts", import.meta.url).href)};
      import { Readiness } from ${JSON.stringify(new URL("./readiness.ts", import.meta.url).href)};
      const fd = new FileDescriptor(libc().eventfd(1, ${EFD_NONBLOCK_CLOEXEC}), "event counter");
      console.log(await new Readiness(fd).wait());`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
    const timer = setTimeout(() => child.kill(), 10_000);
    const [code] = await once(child, "exit");
    clearTimeout(timer);
    assert.equal(code, 0);
  });
});
