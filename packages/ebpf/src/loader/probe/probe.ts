/**
 * Asks the running kernel whether it has a feature, by trying it on the smallest scale.
 *
 *     probe({ kind: "map", map: "ringBuffer" })
 *     // { answer: "yes", feature: "map kind ringBuffer", since: "5.8", why: "a trial worked" }
 *
 * Nothing stays behind. Version numbers are not asked: distributions carry features back, and hardening takes them away.
 */
import type { ProbeAnswer } from "./answer.ts";
import { answer } from "./answer.ts";
import type { Feature } from "./feature.ts";
import { probeNativeXdp, probeSocketMapLink, probeTcxLink, probeXdpLink } from "./probe-link.ts";
import { probeBatches, probeMap, probeMappedArrays } from "./probe-map.ts";
import {
  probeAtomicsWithResult,
  probeBoundedLoops,
  probeFunctionInformation,
  probeGlobalFunctions,
  probeHelper,
  probeProgram,
} from "./probe-program.ts";

export function probe(feature: Feature): ProbeAnswer {
  switch (feature.kind) {
    case "map":
      return probeMap(feature.map);
    case "program":
      // The program type of tcx is as old as traffic control; what the kind stands for is the hook.
      return feature.program === "Skb" ? forKind(feature, probeTcxLink()) : probeProgram(feature.program);
    case "helper":
      return probeHelper(feature.helper, feature.program);
    case "native XDP":
      return probeNativeXdp(feature.ifindex);
    case "XDP link":
      return probeXdpLink();
    case "tcx link":
      return probeTcxLink();
    case "socket map link":
      return probeSocketMapLink();
    case "function information":
      return probeFunctionInformation();
    case "global functions":
      return probeGlobalFunctions();
    case "atomics with result":
      return probeAtomicsWithResult();
    case "batch operations":
      return probeBatches();
    case "memory-mapped arrays":
      return probeMappedArrays();
    case "bounded loops":
      return probeBoundedLoops();
    case "bpf_loop":
      return forKind(feature, probeHelper("loop", "Xdp"));
  }
}

/** The same answer under the name that was asked for. */
function forKind(feature: Feature, found: ProbeAnswer): ProbeAnswer {
  return answer(feature, found.answer, found.why);
}
