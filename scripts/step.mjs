/** One step of a longer run: a command whose output passes through, and whose `NOT RUN:` lines are remembered. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { root } from "./prepare.mjs";

/**
 * Runs a command in the root of the checkout. A signal that asks us to end is passed on to it, and followed when it is
 * gone, so that it can put away what it made.
 *
 * @param {string} title what the step is for, printed above its output
 * @param {readonly string[]} command
 * @param {string[]} notRun receives the lines of the output that begin with `NOT RUN:`
 * @returns {Promise<boolean>} whether the command ended with status 0
 */
export async function runStep(title, [command, ...args], notRun) {
  console.log(`\n── ${title}`);
  const started = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  passLines(child.stdout, process.stdout, notRun);
  passLines(child.stderr, process.stderr, notRun);
  const end = await endOf(child);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`── ${title}: ${end === 0 ? "passed" : `FAILED (${end})`} after ${seconds} s`);
  return end === 0;
}

function passLines(from, to, notRun) {
  createInterface({ input: from }).on("line", (line) => {
    if (line.startsWith("NOT RUN:")) notRun.push(line);
    to.write(`${line}\n`);
  });
}

/** @returns {Promise<number | string>} the status, or what else ended the command */
async function endOf(child) {
  let endedBy;
  const passOn = (signal) => {
    endedBy = signal;
    child.kill(signal);
  };
  process.on("SIGINT", passOn).on("SIGTERM", passOn);
  const end = await new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (status, signal) => resolve(status ?? signal));
  });
  process.off("SIGINT", passOn).off("SIGTERM", passOn);
  if (endedBy !== undefined) process.kill(process.pid, endedBy);
  return end;
}

/** Says last, where nobody can miss it, what this machine could not run. */
export function reportNotRun(notRun) {
  const lines = [...new Set(notRun)];
  if (lines.length === 0) return;
  const rule = "═".repeat(100);
  console.log(`\n${rule}\nThis machine did not run everything (${lines.length}):\n\n${lines.join("\n")}\n${rule}`);
}
