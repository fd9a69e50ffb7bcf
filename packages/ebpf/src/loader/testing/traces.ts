/**
 * Shows that a test leaves nothing behind: descriptors of this process, and links, programs and maps of the kernel.
 */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { linkInfo, mapInfo, type ObjectKind, objectById, objectIds, programInfo } from "@weir/linux";

/**
 * Runs something and asserts that every BPF descriptor it opened is closed again, and that no kernel object made
 * meanwhile is left.
 *
 * Others on this machine may load objects at the same time. So only objects of the names given are looked for.
 */
export async function leavingNoTrace(names: readonly string[], body: () => void | Promise<void>): Promise<void> {
  const before = bpfDescriptors();
  const known = new Set(objects(names));
  await body();
  const left = bpfDescriptors().filter((descriptor) => !before.includes(descriptor));
  assert.deepEqual(left, [], "descriptors were left open");
  await assertGone(() => objects(names).filter((object) => !known.has(object)));
}

/** The kernel takes objects apart a moment after the last reference is gone. */
async function assertGone(find: () => readonly string[]): Promise<void> {
  for (let tries = 0; tries < 50 && find().length > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(find(), [], "kernel objects were left behind");
}

function bpfDescriptors(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${number}`);
      return /bpf|btf/.test(target) ? [`${number} -> ${target}`] : [];
    } catch {
      return []; // the descriptor of the listing itself, closed by now
    }
  });
}

/** "map 12 sources", "program 3 count", "link 4 of program 3". */
function objects(names: readonly string[]): readonly string[] {
  const kept = new Set(names.map((name) => name.slice(0, 15)));
  const programs: number[] = [];
  const found: string[] = [];
  each("program", (fd) => {
    const { id, name } = programInfo(fd);
    if (!kept.has(name)) return;
    programs.push(id);
    found.push(`program ${id} ${name}`);
  });
  each("map", (fd) => {
    const { id, name } = mapInfo(fd);
    if (kept.has(name)) found.push(`map ${id} ${name}`);
  });
  each("link", (fd) => {
    const { id, programId } = linkInfo(fd);
    if (programs.includes(programId)) found.push(`link ${id} of program ${programId}`);
  });
  return found;
}

function each(kind: ObjectKind, visit: (fd: NonNullable<ReturnType<typeof objectById>>) => void): void {
  for (const id of objectIds(kind)) {
    using fd = objectById(kind, id);
    if (fd !== undefined) visit(fd);
  }
}
