/** Whether an example can show itself in the kernel here, and the loud word when it cannot. */
import { type Feature, probe } from "@weir/ebpf/loader";
import { effectiveCapabilities } from "@weir/linux";

/** Why not, as a clause; `undefined` when all that is asked for is at hand: the rights to load and to make namespaces, too. */
export function lackOfKernel(...features: readonly Feature[]): string | undefined {
  if (process.platform !== "linux") return `it needs Linux, and this is ${process.platform}`;
  const present = effectiveCapabilities();
  const missing = NEEDED.filter((capability) => !present.has(capability));
  if (missing.length > 0) return `it needs ${missing.join(", ")}; run it as root`;
  for (const wanted of features) {
    const { answer, feature, since, why } = probe(wanted);
    if (answer === "no") return `it needs ${feature}, which came with Linux ${since}: ${why}`;
    if (answer === "could not tell") return `it needs ${feature}, and whether it is there could not be told: ${why}`;
  }
  return undefined;
}

const NEEDED = ["CAP_BPF", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SYS_ADMIN"] as const;

/** Says where nobody overlooks it that only the twin ran. */
export function sayNotRun(what: string, why: string): void {
  const rule = "═".repeat(100);
  console.error(`${rule}\nNOT RUN: ${what} in the kernel: ${why}\nOnly the twin ran, in V8.\n${rule}`);
}
