/**
 * The capabilities of this process, so that a refusal can name what is missing.
 */
import { readFileSync } from "node:fs";

/** Capabilities that loading, attaching and pinning may need, by the kernel's numbers (linux/capability.h). */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 } as const;

export type Capability = keyof typeof CAPABILITIES;

/** Which of these this process lacks. CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON. */
export function missingCapabilities(
  wanted: readonly Capability[],
  status: string = readFileSync("/proc/self/status", "utf8"),
): readonly Capability[] {
  const effective = effectiveCapabilities(status);
  const has = (capability: Capability) => ((effective >> BigInt(CAPABILITIES[capability])) & 1n) === 1n;
  return wanted.filter((capability) => {
    const isCovered = capability === "CAP_BPF" || capability === "CAP_PERFMON" ? has("CAP_SYS_ADMIN") : false;
    return !has(capability) && !isCovered;
  });
}

function effectiveCapabilities(status: string): bigint {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return hex === undefined ? 0n : BigInt(`0x${hex}`);
}
