/**
 * Turns what the kernel says, mostly EINVAL or EPERM, into what is the matter: a missing capability, a kernel without
 * the feature, an interface that vanished. What remains unexplained is given back as it is.
 */
import { release } from "node:os";
import {
  type Capability,
  effectiveCapabilities,
  isSystemError,
  type NetworkNamespace,
  type SystemError,
} from "@weir/linux";
import { MAP_TYPES, type MapKind } from "../language/map/declaration.ts";
import type { ProgramKind } from "../language/program-kind.ts";
import { PROGRAM_TYPES } from "../language/program-kind.ts";
import type { MapSpec, ProgramSpec } from "../object/index.ts";
import { findInterface } from "./find-interface.ts";
import { LoaderError } from "./loader-error.ts";
import type { ProbeAnswer } from "./probe/answer.ts";
import type { Feature } from "./probe/feature.ts";
import { probe } from "./probe/probe.ts";
import { VerifierError } from "./verifier-error.ts";

/** Asks the kernel for a feature; handed in so that tests can ask one that is older than the one they run on. */
export type Ask = (feature: Feature) => ProbeAnswer;

export function explainMapFailure(error: unknown, spec: MapSpec, ask: Ask = probe): unknown {
  if (!isSystemError(error)) return error;
  if (error.code === "EPERM") return explainPermission(error, ["CAP_BPF", "CAP_NET_ADMIN"]);
  if (error.code !== "EINVAL") return error;
  const kind = Object.entries(MAP_TYPES).find(([, { type }]) => type === spec.type)?.[0];
  // The names of a record's entries are its keys.
  return kind === undefined ? error : explainAbsence(error, [{ kind: "map", map: kind as MapKind }], ask);
}

/** Type information is loaded first, so that this is where a missing capability shows. */
export function explainBtfFailure(error: unknown): unknown {
  return isSystemError(error, "EPERM") ? explainPermission(error, ["CAP_BPF", "CAP_NET_ADMIN"]) : error;
}

export function explainProgramFailure(error: unknown, spec: ProgramSpec, ask: Ask = probe): unknown {
  if (!isSystemError(error)) return error;
  if (error.log !== "") return new VerifierError(spec, error);
  if (error.code === "EPERM") return explainPermission(error, ["CAP_BPF", "CAP_NET_ADMIN", "CAP_PERFMON"]);
  if (error.code !== "EINVAL" || !isProgramKind(spec.kind)) return error;
  return explainAbsence(error, [{ kind: "program", program: spec.kind }, { kind: "function information" }], ask);
}

/** Where something was to be attached. */
export interface AttachPlace {
  /** `null` when it is no interface. */
  readonly ifindex: number | null;
  /** Where the interface is looked for, when not in the namespace this process is in. */
  readonly namespace?: NetworkNamespace | undefined;
  /** The link that was wanted. */
  readonly feature: Feature;
}

export function explainAttachFailure(
  error: unknown,
  { ifindex, namespace, feature }: AttachPlace,
  ask: Ask = probe,
): unknown {
  if (!isSystemError(error)) return error;
  const what = error.what;
  switch (error.code) {
    case "EPERM":
      return explainPermission(error, ["CAP_NET_ADMIN", "CAP_BPF"]);
    case "ENODEV":
    case "ENOLINK":
      return vanished(error, ifindex);
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
      // XDP says EINVAL, too, when there is no such interface.
      if (ifindex !== null && findInterface(ifindex, namespace) === undefined) return vanished(error, ifindex);
      return explainAbsence(error, [feature], ask);
    default:
      return error;
  }
}

function vanished(error: SystemError, ifindex: number | null): LoaderError {
  return new LoaderError({
    ...{ code: "interface-vanished", what: error.what, cause: error },
    why: ifindex ? `there is no interface ${ifindex} in this network namespace` : "its interface is gone",
    fix: 'List the interfaces with "ip link"; one that was removed and made anew has another index.',
  });
}

/** EPERM with all capabilities has another reason, which the kernel does not tell: the error stands. */
export function explainPermission(error: SystemError, wanted: readonly Capability[]): unknown {
  const present = effectiveCapabilities();
  const missing = wanted.filter((capability) => !present.has(capability));
  if (missing.length === 0) return error;
  return new LoaderError({
    ...{ code: "capability-missing", what: error.what, cause: error },
    why: `this process lacks ${missing.join(" and ")} (EPERM)`,
    fix: `Run it as root, or grant ${missing.join(" and ")}: AmbientCapabilities= in a systemd unit, or setcap.`,
  });
}

/** Names the first feature that the kernel lacks; without one the error stands. */
function explainAbsence(error: SystemError, features: readonly Feature[], ask: Ask): unknown {
  for (const feature of features) {
    const { answer, feature: name, since } = ask(feature);
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
