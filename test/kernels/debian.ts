/** A root file system from Debian packages, unpacked and not installed: no maintainer script runs, and none is needed. */
import { existsSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run, runShell } from "./command.ts";

/** This machine cannot have a guest; the message says why and what to do. */
export class GuestUnavailable extends Error {}

const folders = [
  "dev",
  "etc",
  "job",
  "proc",
  "run",
  "sys",
  "tmp",
  "usr/bin",
  "usr/lib",
  "usr/lib64",
  "usr/sbin",
  "usr/local/bin",
];
const mergedFolders = ["bin", "lib", "lib64", "sbin"];

/**
 * A guest's shared objects are this machine's Debian release, so that this machine's Node.js runs there, too.
 *
 * @throws GuestUnavailable
 */
export async function refuseUnsuitableMachine(signal: AbortSignal): Promise<void> {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!/^ID=debian$/m.test(release) || process.arch !== "x64") {
    throw new GuestUnavailable(
      "the guest is made from Debian's packages for amd64. Use a Debian machine or container.",
    );
  }
  const programs = ["qemu-system-x86_64", "apt-get", "dpkg-deb", "mke2fs", "cpio", "depmod", "busybox", "flock"];
  for (const program of programs) {
    await run("sh", ["-c", `command -v "$1"`, "sh", program], { signal }).catch(() => {
      throw new GuestUnavailable(
        `${program} is not installed. Run "npm run test:kernels" as root once, to install it.`,
      );
    });
  }
}

/**
 * Downloads packages and all that they depend on, whatever is installed on this machine.
 *
 * @param workshop a folder for apt's state, removed by the caller
 * @returns paths of the .deb files
 * @throws GuestUnavailable if no mirror answers
 */
export async function downloadPackages(packages: readonly string[], workshop: string, signal: AbortSignal) {
  const state = join(workshop, "apt");
  const archives = join(state, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(join(state, "lists/partial"), { recursive: true });
  await writeFile(join(state, "status"), ""); // nothing is installed
  const settings = {
    "Dir::State": state,
    "Dir::State::status": join(state, "status"),
    "Dir::Cache": state,
    "Dir::Cache::archives": archives,
    "APT::Sandbox::User": process.env["USER"] ?? "root",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt = (...args: string[]) => run("apt-get", [...options, "-q", "-y", ...args], { signal });
  try {
    await apt("update");
    await apt("--no-install-recommends", "--download-only", "install", ...packages);
  } catch (cause) {
    signal.throwIfAborted();
    throw new GuestUnavailable(`Debian's packages could not be downloaded. ${String(cause)}`, { cause });
  }
  const files = await readdir(archives);
  return files.filter((name) => name.endsWith(".deb")).map((name) => join(archives, name));
}

/** Unpacks packages to `root` and adds what makes it boot: a shell, the init program, Node.js. */
export async function makeRoot(root: string, packages: readonly string[], signal: AbortSignal): Promise<void> {
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const name of mergedFolders) await symlink(`usr/${name}`, join(root, name));
  for (const file of packages) {
    // Packages still name /bin and /lib; tar must follow the links there and not put folders in their place.
    const unpack = `dpkg-deb --fsys-tarfile "$1" | tar -C "$2" --keep-directory-symlink --no-same-owner -xf -`;
    await runShell(unpack, [file, root], { signal });
  }
  await rename(await onlyKernelOf(root), join(root, "boot/kernel"));
  await run("depmod", ["-b", root, await kernelRelease(root)], { signal });
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/tmp:/bin/sh\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
  await writeFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n");
  await symlink("../run", join(root, "var/run")).catch(() => {});
  await addBusyboxNames(root, signal);
  await addProgram(root, process.execPath, signal);
  await installScript(new URL("guest-init.sh", import.meta.url), join(root, "usr/sbin/init"));
}

/** The version of the one kernel in a root file system, as `uname -r` will print it. */
export async function kernelRelease(root: string): Promise<string> {
  const [release, ...others] = await readdir(join(root, "usr/lib/modules"));
  if (release === undefined || others.length > 0) throw new Error(`Expected one kernel, got: ${[release, ...others]}.`);
  return release;
}

async function onlyKernelOf(root: string): Promise<string> {
  return join(root, "boot", `vmlinuz-${await kernelRelease(root)}`);
}

/** Copies a script and makes it executable. */
export async function installScript(from: URL, to: string): Promise<void> {
  await writeFile(to, await readFile(from));
  await chmod(to, 0o755);
}

/**
 * Whatever else a shell script expects and Debian's packages did not bring, as links to busybox. The shell is not among
 * it: busybox's own would prefer its applets to Debian's programs of the same name, above all to `ip`.
 */
async function addBusyboxNames(root: string, signal: AbortSignal): Promise<void> {
  const names = await run("busybox", ["--list"], { signal });
  for (const name of names.trim().split("\n")) {
    const exists = ["usr/bin", "usr/sbin"].some((folder) => existsSync(join(root, folder, name)));
    if (!exists) await symlink("busybox", join(root, "usr/bin", name));
  }
}

/** Copies a program of this machine, with the shared objects that the packages did not bring. */
async function addProgram(root: string, path: string, signal: AbortSignal): Promise<void> {
  const objects = await run("ldd", [path], { signal });
  for (const [, object = ""] of objects.matchAll(/(\/\S+) \(0x/g)) {
    if (existsSync(join(root, object))) continue;
    await mkdir(dirname(join(root, object)), { recursive: true });
    await copyFile(object, join(root, object));
  }
  await copyFile(path, join(root, "usr/local/bin", basename(path)));
}
