/**
 * Probes of attaching. None of them leaves a program attached, and only that of native XDP attaches one at all.
 */
import { interfaceGet, type LinkTarget, linkCreate, mapCreate, RouteSocket } from "@weir/linux";
import type { ProgramKind } from "../../language/program-kind.ts";
import { alu64Imm, exit } from "../../object/index.ts";
import { answer, answerBy, type ProbeAnswer } from "./answer.ts";
import type { Feature } from "./feature.ts";
import { loadTrial, RETURN_ONE } from "./trial-program.ts";

const LOOPBACK = 1;
/** No namespace has that many interfaces. */
const NO_INTERFACE = 0x7fff_ffff;
const XDP_PASS = 2;

/** The loopback interface has no native XDP: a kernel with links says so, one without does not understand the question. */
export function probeXdpLink(): ProbeAnswer {
  const target = { kind: "xdp", ifindex: LOOPBACK, mode: "native" } as const;
  return byAttaching({ kind: "XDP link" }, "Xdp", target, ["EOPNOTSUPP", "EBUSY"]);
}

export function probeTcxLink(): ProbeAnswer {
  const target = { kind: "tcx", ifindex: NO_INTERFACE, direction: "ingress" } as const;
  return byAttaching({ kind: "tcx link" }, "Skb", target, ["ENODEV"]);
}

export function probeSocketMapLink(): ProbeAnswer {
  const feature = { kind: "socket map link" } as const;
  const trial = () => {
    using map = mapCreate({ type: "sockmap", keySize: 4, valueSize: 4, maxEntries: 1, name: "weir_probe" });
    attach("SkMsg", { kind: "sockmap", map, type: "sk_msg_verdict" });
  };
  return answerBy(feature, trial, { absent: ["EINVAL"] });
}

/**
 * Whether the driver of an interface runs XDP itself.
 *
 * An interface that runs a native program already is answered from that. Any other is tried: a program that passes
 * everything is attached for a moment, upon which some drivers reset their queues.
 */
export function probeNativeXdp(ifindex: number): ProbeAnswer {
  const feature: Feature = { kind: "native XDP", ifindex };
  using socket = new RouteSocket();
  const found = interfaceGet(socket, ifindex);
  if (found === undefined)
    return answer(feature, "could not tell", "there is no such interface in this network namespace");
  if (found.xdp.nativeProgramId !== undefined || found.xdp.mode === "native") {
    return answer(feature, "yes", `${found.name} runs a native program`);
  }
  const trial = () => {
    using program = loadTrial("Xdp", [alu64Imm("mov", 0, XDP_PASS), exit()]);
    linkCreate(program, { kind: "xdp", ifindex, mode: "native" }).close();
  };
  return answerBy(feature, trial, { absent: ["EOPNOTSUPP"] });
}

function byAttaching(feature: Feature, kind: ProgramKind, target: LinkTarget, present: readonly string[]): ProbeAnswer {
  return answerBy(feature, () => attach(kind, target), { present, absent: ["EINVAL"] });
}

function attach(kind: ProgramKind, target: LinkTarget): void {
  using program = loadTrial(kind, RETURN_ONE);
  linkCreate(program, target).close();
}
