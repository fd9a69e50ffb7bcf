/**
 * Makes a fresh machine ready: the npm packages of the lock file, and the Debian packages of `debian-packages.json`.
 *
 * Plain JavaScript without dependencies, because it runs before there are any.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Installs what is missing.
 *
 * @param {readonly ("run" | "demo" | "test" | "kernels")[]} purposes which lists of `debian-packages.json` are needed
 * @returns {string[]} one `NOT RUN:` line for each purpose whose Debian packages could not be had
 */
export function prepare(purposes) {
  refuseOldNode();
  if (!hasLockedModules()) must("npm", ["ci", "--no-audit", "--no-fund"]);
  const lists = JSON.parse(readFileSync(join(root, "scripts/debian-packages.json"), "utf8"));
  return purposes.flatMap((purpose) => installDebianPackages(purpose, lists[purpose]));
}

function refuseOldNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 20) return;
  console.error(`Weir needs Node.js 20 or newer, and this is ${process.version}. Install one from https://nodejs.org.`);
  process.exit(1);
}

/** Whether `node_modules` holds what the lock file asks for. Times of files say nothing: git sets them at checkout. */
function hasLockedModules() {
  const installed = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(wanted).every(
    // Optional packages are binaries for other platforms; a link is a workspace.
    ([path, { version, optional, link }]) =>
      !path.startsWith("node_modules/") || optional || link || present[path]?.version === version,
  );
}

/** @returns {string[]} nothing, or what the missing packages keep from running */
function installDebianPackages(purpose, packages) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return [];
  const command = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  if (process.getuid?.() !== 0) return [notInstalled(purpose, missing, "only root can install them")];
  console.log(`Installing Debian packages for "${purpose}": ${missing.join(" ")}`);
  if (runQuietly(command) || (runQuietly(["apt-get", "update"]) && runQuietly(command))) return [];
  return [notInstalled(purpose, missing, "apt-get could not install them")];
}

function notInstalled(purpose, missing, why) {
  return (
    `NOT RUN: whatever needs ${missing.join(", ")} (for "${purpose}"): ${why}. ` +
    `Run: apt-get install --no-install-recommends ${missing.join(" ")}`
  );
}

function isInstalled(name) {
  // A package that was removed but not purged is still listed, so the status counts, not the exit code.
  const query = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" });
  return /^Status: .* installed$/m.test(query.stdout ?? "");
}

/** Runs a command and shows what it printed only if it fails. */
function runQuietly([command, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const done = spawnSync(command, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (done.status === 0) return true;
  console.error(done.error?.message ?? done.stdout + done.stderr);
  return false;
}

function must(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (done.status === 0) return;
  console.error(`"${[command, ...args].join(" ")}" failed: ${done.error?.message ?? `status ${done.status}`}.`);
  process.exit(1);
}
