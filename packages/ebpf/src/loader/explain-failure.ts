/**
 * Turns what the kernel says, mostly EINVAL or EPERM, into what is the matter: a missing capability, a kernel without
 * the feature, an interface that vanished. What remains unexplained is given back as it is.
 */
import { release } from "node:os";
import { isSystemError, type SystemError } from "@weir/linux";
import { MAP_TYPES, type MapKind } from "../language/map/declaration.ts";
import type { ProgramKind } from "../language/program-kind.ts";
import { PROGRAM_TYPES } from "../language/program-kind.ts";
import type { MapSpec, ProgramSpec } from "../object/index.ts";
import { type Capability, missingCapabilities } from "./capability.ts";
import { LoaderError } from "./loader-error.ts";
import type { Feature } from "./probe/feature.ts";
import { probe } from "./probe/probe.ts";
import { VerifierError } from "./verifier-error.ts";

export function explainMapFailure(error: unknown, spec: MapSpec): unknown {
  if (!isSystemError(error)) return error;
  if (error.code === "EPERM") return explainPermission(error, ["CAP_BPF", "CAP_NET_ADMIN"]);
  if (error.code !== "EINVAL") return error;
  const kind = Object.entries(MAP_TYPES).find(([, { type }]) => type === spec.type)?.[0];
  // The names of a record's entries are its keys.
  return kind === undefined ? error : explainAbsence(error, [{ kind: "map", map: kind as MapKind }]);
}

/** Type information is loaded first, so that this is where a missing capability shows. */
export function explainBtfFailure(error: unknown): unknown {
  return isSystemError(error, "EPERM") ? explainPermission(error, ["CAP_BPF", "CAP_NET_ADMIN"]) : error;
}

export function explainProgramFailure(error: unknown, spec: ProgramSpec): unknown {
  if (!isSystemError(error)) return error;
  if (error.log !== "") return new VerifierError(spec, error);
  if (error.code === "EPERM") return explainPermission(error, ["CAP_BPF", "CAP_NET_ADMIN", "CAP_PERFMON"]);
  if (error.code !== "EINVAL" || !isProgramKind(spec.kind)) return error;
  return explainAbsence(error, [{ kind: "program", program: spec.kind }, { kind: "function information" }]);
}

/** @param feature the link that was wanted */
export function explainAttachFailure(error: unknown, ifindex: number | null, feature: Feature): unknown {
  if (!isSystemError(error)) return error;
  const what = error.what;
  switch (error.code) {
    case "EPERM":
      return explainPermission(error, ["CAP_NET_ADMIN", "CAP_BPF"]);
    case "ENODEV":
    case "ENOLINK":
      return new LoaderError({
        ...{ code: "interface-vanished", what, cause: error },
        why: `there is no interface ${ifindex ?? ""} in this network namespace (${error.code})`.replace("  ", " "),
        fix: 'List the interfaces with "ip link"; one that was removed and made anew has another index.',
      });
    case "EBUSY":
    case "EEXIST":
      return new LoaderError({
        ...{ code: "hook-taken", what, cause: error },
        why: `another program holds the hook (${error.code})`,
        fix: 'Find it with "bpftool net" and detach it, or replace it through its link.',
      });
    case "EOPNOTSUPP":
      if (feature.kind !== "XDP link") return error;
      return new LoaderError({
        ...{ code: "native-xdp-unsupported", what, cause: error },
        why: "its driver has no native XDP, or not in its present configuration (EOPNOTSUPP)",
        fix: 'Attach in mode "generic", which every interface has, or "auto"; for native mode lower the MTU and switch off LRO.',
      });
    case "EINVAL":
      return explainAbsence(error, [feature]);
    default:
      return error;
  }
}

function explainPermission(error: SystemError, wanted: readonly Capability[]): unknown {
  const missing = missingCapabilities(wanted);
  if (missing.length === 0) return error;
  return new LoaderError({
    ...{ code: "capability-missing", what: error.what, cause: error },
    why: `this process lacks ${missing.join(" and ")} (EPERM)`,
    fix: `Run it as root, or grant ${missing.join(" and ")}: AmbientCapabilities= in a systemd unit, or setcap.`,
  });
}

/** Names the first feature that the kernel lacks; without one the error stands. */
function explainAbsence(error: SystemError, features: readonly Feature[]): unknown {
  for (const feature of features) {
    const { answer, feature: name, since } = probe(feature);
    if (answer !== "no") continue;
    return new LoaderError({
      ...{ code: "kernel-too-old", what: error.what, cause: error },
      why: `it needs ${name}, which came with Linux ${since}, and Linux ${release()} does not have it`,
      fix: `Boot Linux ${since} or newer.`,
    });
  }
  return error;
}

function isProgramKind(kind: string): kind is ProgramKind {
  return Object.hasOwn(PROGRAM_TYPES, kind);
}
