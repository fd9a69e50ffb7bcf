/**
 * The log that the kernel writes while it checks a program or type information.
 */

/**
 * What the verifier writes down: "on-failure" is nothing for a program that loads and branches for one that does not;
 * "stats" is the closing counts (instructions, states) alone.
 */
export type VerifierLogLevel = "on-failure" | "stats" | "branches" | "instructions";

/**
 * Makes a call that writes a log, again with a larger buffer for as long as the log does not fit.
 *
 * At level "on-failure" the first try goes without a log, which is faster, and a failed one is repeated to get it.
 */
export function callWithLog(
  level: VerifierLogLevel,
  call: (logLevel: number, buffer: Uint8Array | undefined) => number,
): { result: number; log: string } {
  if (level === "on-failure") {
    const result = persistently(() => call(0, undefined));
    if (result >= 0) return { result, log: "" };
  }
  const logLevel = level === "on-failure" ? logLevels.branches : logLevels[level];
  for (let size = FIRST_LOG_SIZE; ; size = Math.min(size * 4, LARGEST_LOG_SIZE)) {
    const buffer = new Uint8Array(size);
    const result = persistently(() => call(logLevel, buffer));
    if (result === -ENOSPC && size < LARGEST_LOG_SIZE) continue;
    const end = buffer.indexOf(0);
    return { result, log: Buffer.from(buffer.subarray(0, end < 0 ? size : end)).toString("utf8") };
  }
}

/** The line before the closing counts, which names the reason; the log is not empty. */
export function lastTellingLine(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.filter(
    (line) => !/^(processed \d+ insns|verification time|stack depth|max_states|peak_states)/.test(line),
  );
  return telling.at(-1) ?? lines.at(-1) ?? "";
}

const logLevels: Readonly<Record<VerifierLogLevel, number>> = {
  "on-failure": 0,
  branches: 1,
  instructions: 2,
  stats: 4,
};
const FIRST_LOG_SIZE = 64 * 1024;
/** Bytes. The most that older kernels take (UINT_MAX >> 8). */
const LARGEST_LOG_SIZE = 16 * 1024 * 1024 - 1;
const EAGAIN = 11;
const ENOSPC = 28;

/** The verifier gives up with EAGAIN when a signal arrives, which says nothing about the program. */
function persistently(call: () => number): number {
  let result = call();
  for (let tries = 1; result === -EAGAIN && tries < 5; tries++) result = call();
  return result;
}
