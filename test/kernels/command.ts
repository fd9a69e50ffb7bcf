/** Runs another program to its end; what it prints is the result, or goes into the error. */
import { execFile } from "node:child_process";

export interface Surroundings {
  readonly folder?: string;
  /** Ends the program early. */
  readonly signal: AbortSignal;
}

/** An ordinary user's path lacks the folders where depmod and mke2fs are. */
export const environment = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

/**
 * @returns what the program printed on standard output
 * @throws Error naming the command line and quoting the end of its output, if the program fails
 */
export function run(command: string, args: readonly string[], { folder, signal }: Surroundings) {
  const options = {
    signal,
    ...(folder === undefined ? {} : { cwd: folder }),
    env: environment,
    maxBuffer: 64 * 1024 * 1024, // bytes; the listing of a file system is long
  };
  return new Promise<string>((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (signal.aborted) return reject(signal.reason);
      const said = `${stdout}${stderr}`.slice(-4000).trim();
      const why = error.code === "ENOENT" ? "there is no such program" : said || error.message;
      reject(new Error(`"${[command, ...args].join(" ")}" failed: ${why}`, { cause: error }));
    });
  });
}

/** Runs a line of shell, in which `$1`, `$2`… are `args`. A failure anywhere in a pipe is a failure. */
export function runShell(line: string, args: readonly string[], surroundings: Surroundings): Promise<string> {
  return run("bash", ["-euo", "pipefail", "-c", line, "bash", ...args], surroundings);
}
