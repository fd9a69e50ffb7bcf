import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { GuestUnavailable } from "./debian.ts";
import { type Guest, provideGuest } from "./guest.ts";
import { makeJob } from "./job.ts";
import { guestPackages } from "./kernel-tests.ts";
import { boot } from "./machine.ts";

describe("a guest in QEMU", { timeout: 5 * 60_000 }, () => {
  const { signal } = new AbortController();
  let folder = "";
  let guest: Guest | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "weir-machine-"));
    guest = await provideGuest(guestPackages(), signal).catch((error: unknown) => {
      if (!(error instanceof GuestUnavailable)) throw error;
      process.stderr.write(`NOT RUN: tests of the guest itself: ${error.message}\n`);
      return undefined;
    });
  });
  after(() => rm(folder, { recursive: true }));

  /** Boots the guest for a line of shell. */
  async function runLine(guest: Guest, line: string, end = signal) {
    const job = join(folder, "job.img");
    const said = { stdout: "", stderr: "" };
    const hear = (stream: "stdout" | "stderr") => (text: string) => {
      said[stream] += text;
    };
    await makeJob([], `#!/bin/sh\n${line}\n`, job, signal);
    const status = await boot(guest, job, { stdout: hear("stdout"), stderr: hear("stderr") }, end);
    return { ...said, status };
  }

  it("hands back the job's status, output and errors, each apart", async () => {
    if (guest === undefined) return;
    const { stdout, stderr, status } = await runLine(guest, "echo good; echo bad >&2; exit 7");
    assert.deepEqual({ stdout, stderr, status }, { stdout: "good\n", stderr: "bad\n", status: 7 });
  });

  it("offers what kernel-facing tests need: root, Node.js, namespaces, veth, bpffs, BTF", async () => {
    if (guest === undefined) return;
    const steps = [
      "id -u",
      `node -p '"node " + process.version'`,
      "ip netns add n && ip link add v0 type veth peer name v1 netns n && echo veth",
      "stat -f -c %T /sys/fs/bpf",
      "test -s /sys/kernel/btf/vmlinux && echo btf",
      "bpftool prog list && echo bpftool",
    ];
    const { stdout, stderr, status } = await runLine(guest, steps.join(" && "));
    assert.equal(stderr, "");
    assert.equal(stdout, `0\nnode ${process.version}\nveth\nbpf_fs\nbtf\nbpftool\n`);
    assert.equal(status, 0);
  });

  it("is an error that quotes the kernel, when the guest ends before its job", async () => {
    if (guest === undefined) return;
    const line = "echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger; sleep 60";
    await assert.rejects(runLine(guest, line), /before its job did.*Kernel panic/s);
  });

  it("is ended by the signal, and not left behind", async () => {
    if (guest === undefined) return;
    const end = new AbortController();
    setTimeout(() => end.abort(new Error("enough")), 1500);
    // The error comes when QEMU has closed its pipes, which its end does.
    await assert.rejects(runLine(guest, "sleep 600", end.signal), /enough/);
  });
});
