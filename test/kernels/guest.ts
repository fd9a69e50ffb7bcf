/**
 * A guest: Debian's kernel and a small root file system, made from Debian packages by name.
 *
 *   packages ─apt-get─▶ .deb files ─dpkg-deb─▶ root folder ─mke2fs─▶ root.img, read only from then on
 *                                                  └─ busybox and the virtio modules ─cpio─▶ initramfs
 *
 * Making one needs no root, and is done once: it is kept in a cache. What changes from run to run is the job (`job.ts`).
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./command.ts";
import { downloadPackages, makeRoot, refuseUnsuitableMachine } from "./debian.ts";
import { makeInitramfs } from "./initramfs.ts";
import { withLock } from "./lock.ts";

/** What QEMU boots: three files that nobody writes to any more. */
export interface Guest {
  readonly kernel: string;
  readonly initramfs: string;
  /** An ext4 file system with Debian's programs, the kernel's modules and this machine's Node.js. */
  readonly root: string;
}

const recipe = ["guest.ts", "debian.ts", "initramfs.ts", "guest-init.sh", "initramfs-init.sh"];
const unusedAfter_ms = 2 * 24 * 3600 * 1000; // a run takes minutes, so nobody boots such a guest at the moment

/**
 * The guest with these Debian packages: made now, or found in the cache.
 *
 * @throws GuestUnavailable on a machine that cannot have one
 */
export async function provideGuest(packages: readonly string[], signal: AbortSignal): Promise<Guest> {
  await refuseUnsuitableMachine(signal);
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "weir-guests");
  await mkdir(cache, { recursive: true });
  const folder = join(cache, keyOf(packages));
  return withLock(join(cache, "lock"), signal, async () => {
    if (!existsSync(folder)) {
      await removeUnused(cache);
      await make(folder, packages, cache, signal);
    }
    const now = new Date();
    await utimes(folder, now, now);
    return guestIn(folder);
  });
}

function guestIn(folder: string): Guest {
  return { kernel: join(folder, "kernel"), initramfs: join(folder, "initramfs"), root: join(folder, "root.img") };
}

/** Changes with everything the guest is made from, except for Debian's updates: those come with the next change. */
function keyOf(packages: readonly string[]): string {
  const sources = recipe.map((name) => readFileSync(new URL(name, import.meta.url), "utf8"));
  const ingredients = JSON.stringify([packages, process.version, process.execPath, sources]);
  return createHash("sha256").update(ingredients).digest("hex").slice(0, 16);
}

async function make(folder: string, packages: readonly string[], cache: string, signal: AbortSignal): Promise<void> {
  const workshop = await mkdtemp(join(cache, "making-"));
  try {
    const root = join(workshop, "root");
    const made = join(workshop, "made");
    await mkdir(made);
    await makeRoot(root, await downloadPackages(packages, workshop, signal), signal);
    const guest = guestIn(made);
    await makeInitramfs(root, guest.initramfs, signal);
    await rename(join(root, "boot/kernel"), guest.kernel);
    await rm(join(root, "boot"), { recursive: true });
    await makeFileSystem(root, guest.root, signal);
    await rename(made, folder);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** Puts a folder into an ext4 image of the size it needs. A journal would protect writes, and there are none. */
export async function makeFileSystem(folder: string, image: string, signal: AbortSignal): Promise<void> {
  const used_MiB = Number.parseInt(await run("du", ["-sm", folder], { signal }), 10);
  const size = `${Math.ceil(used_MiB * 1.2) + 16}M`;
  const options = ["-q", "-t", "ext4", "-O", "^has_journal,^metadata_csum", "-m", "0"];
  await run("mke2fs", [...options, "-d", folder, image, size], { signal });
}

async function removeUnused(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path);
    // What an interrupted process left half made goes too: we hold the lock, so nobody is making one.
    const isUnused = name.startsWith("making-") || Date.now() - mtimeMs > unusedAfter_ms;
    if (isUnused && name !== "lock") await rm(path, { recursive: true, force: true });
  }
}
