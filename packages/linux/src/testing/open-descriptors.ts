/**
 * The descriptors this process has open: how tests show that nothing leaks.
 */
import { readdirSync, readlinkSync } from "node:fs";

/**
 * Runs something and tells which descriptors are open afterwards that were not before: "23 -> anon_inode:bpf-map".
 * Only for synchronous code: Node opens and closes descriptors of its own in between.
 */
export function descriptorsLeakedBy(body: () => void): string[] {
  const before = new Set(openDescriptors());
  body();
  return openDescriptors().filter((descriptor) => !before.has(descriptor));
}

function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      return [`${number} -> ${readlinkSync(`/proc/self/fd/${number}`)}`];
    } catch {
      return []; // the descriptor of the listing itself, closed by now
    }
  });
}
