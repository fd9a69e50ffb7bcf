/** A lock between processes, by flock(1), which the kernel takes back even from a process that was killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Waits until nobody else holds the lock on `file`, which is made if need be, and holds it while `action` runs. */
export async function withLock<Value>(file: string, signal: AbortSignal, action: () => Promise<Value>): Promise<Value> {
  // The holder says a word once it has the lock, and keeps it until its standard input ends: with us, at the latest.
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
    signal,
  });
  const ended = once(holder, "close");
  ended.catch(() => {}); // reported by the wait below
  try {
    const [word] = await Promise.race([once(holder.stdout, "data"), ended]);
    if (String(word).trim() !== "held")
      throw new Error(`Cannot lock ${file}: flock ended with status ${String(word)}.`);
    return await action();
  } finally {
    holder.stdin.end();
    await ended.catch(() => {});
  }
}
