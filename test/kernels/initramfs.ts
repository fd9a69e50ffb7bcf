/** The initramfs: busybox and the modules without which the kernel sees no disk, in the kernel's own order. */
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run, runShell } from "./command.ts";
import { installScript, kernelRelease } from "./debian.ts";

const modules = ["virtio_pci", "virtio_blk", "virtio_console"];

/**
 * Writes the initramfs for the kernel in `root`, uncompressed: under emulation, unpacking costs more than reading.
 */
export async function makeInitramfs(root: string, file: string, signal: AbortSignal): Promise<void> {
  const folder = `${file}.d`;
  for (const name of ["bin", "dev", "modules", "root"]) await mkdir(join(folder, name), { recursive: true });
  await copyFile(join(root, "usr/bin/busybox"), join(folder, "bin/busybox"));
  const order = await modulesInOrder(root, signal);
  for (const path of order) await copyFile(path, join(folder, "modules", basename(path)));
  await writeFile(join(folder, "modules/order"), order.map((path) => `${basename(path)}\n`).join(""));
  await installScript(new URL("initramfs-init.sh", import.meta.url), join(folder, "init"));
  await runShell(`find . | cpio --quiet -o -H newc -R 0:0 >"$1"`, [file], { folder, signal });
  await rm(folder, { recursive: true });
}

/** Paths of the modules and all they depend on, each after its dependencies. */
async function modulesInOrder(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const release = await kernelRelease(root);
  const paths = new Set<string>();
  for (const module of modules) {
    const options = ["-d", root, "-S", release, "--show-depends", module];
    const listing = await run("modprobe", options, { signal });
    for (const [, path] of listing.matchAll(/^insmod (\S+)/gm)) if (path !== undefined) paths.add(path);
  }
  return [...paths];
}
