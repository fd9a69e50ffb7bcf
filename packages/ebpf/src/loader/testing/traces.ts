/**
 * Shows that a test leaves nothing behind: no descriptor of a kernel object, no namespace, no mount.
 *
 * What no descriptor, pin, link or namespace refers to any more is taken apart by the kernel. Pins are in file systems
 * of the test's own, which are unmounted.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { namespaceList } from "@weir/linux";

/** Runs something and asserts that everything of this process that was there before, and nothing else, is there after. */
export async function leavingNoTrace(body: () => void | Promise<void>): Promise<void> {
  const before = traces();
  await body();
  assert.deepEqual(traces(), before);
}

function traces(): readonly string[] {
  const ours = new RegExp(`weir-(test|bpffs)-${process.pid}-`);
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return [...bpfDescriptors(), ...[...namespaceList(), ...mounts].filter((name) => ours.test(name))];
}

/** Maps, programs, links, BTF and namespaces that this process has open. */
function bpfDescriptors(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${number}`);
      return /bpf|btf|^net:/.test(target) ? [`${number} -> ${target}`] : [];
    } catch {
      return []; // the descriptor of the listing itself, closed by now
    }
  });
}
