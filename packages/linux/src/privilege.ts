/**
 * What this process may do: its capabilities, and its limit of locked memory.
 */
import { readFileSync } from "node:fs";
import { libc } from "./syscall/libc.ts";
import { SystemError, unwrap } from "./system-error.ts";

/** The capabilities that matter here, by their bit. */
const capabilityBits = {
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof capabilityBits;

/** The effective capabilities of this process, of those above. */
export function effectiveCapabilities(): ReadonlySet<Capability> {
  return parseCapabilities(readFileSync("/proc/self/status", "utf8"));
}

/**
 * Makes sure of capabilities before they are needed.
 *
 * @param purpose what they are for: "load packet programs"
 * @throws SystemError EPERM that names the missing ones
 */
export function requireCapabilities(purpose: string, ...wanted: readonly Capability[]): void {
  const present = effectiveCapabilities();
  const missing = wanted.filter((capability) => !present.has(capability));
  if (missing.length === 0) return;
  throw new SystemError(EPERM, {
    operation: "capabilities",
    what: `Cannot ${purpose}`,
    why: `this process lacks ${missing.join(" and ")}`,
    fix: `Run as root, or grant it: in a systemd unit with AmbientCapabilities=${missing.join(" ")}.`,
  });
}

/** Reads the line CapEff of /proc/<pid>/status. CAP_SYS_ADMIN stands in for CAP_BPF and CAP_PERFMON, as in the kernel. */
export function parseCapabilities(status: string): ReadonlySet<Capability> {
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const bits = BigInt(`0x${digits ?? "0"}`);
  const has = (bit: number) => ((bits >> BigInt(bit)) & 1n) === 1n;
  const found = new Set<Capability>();
  for (const name of capabilityNames()) if (has(capabilityBits[name])) found.add(name);
  if (found.has("CAP_SYS_ADMIN")) found.add("CAP_BPF").add("CAP_PERFMON");
  return found;
}

/**
 * Lifts the limit of locked memory, which BPF objects count against before Linux 5.11.
 *
 * @throws SystemError EPERM without CAP_SYS_RESOURCE
 */
export function liftLockedMemoryLimit(): void {
  const unlimited = new Uint8Array(BigUint64Array.of(RLIM_INFINITY, RLIM_INFINITY).buffer);
  unwrap(libc().prlimit(0, RLIMIT_MEMLOCK, unlimited, null), () => ({
    operation: "prlimit(RLIMIT_MEMLOCK)",
    what: "Cannot lift the limit of locked memory",
    fix: "Run as root, or raise it beforehand (ulimit -l unlimited; LimitMEMLOCK=infinity in a systemd unit).",
  }));
}

const EPERM = 1;
const RLIMIT_MEMLOCK = 8;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;

function* capabilityNames(): Generator<Capability> {
  for (const name in capabilityBits) if (isCapability(name)) yield name;
}

function isCapability(name: string): name is Capability {
  return name in capabilityBits;
}
