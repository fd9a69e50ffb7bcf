/**
 * What can be probed, and the kernel release that brought each thing.
 */
import { HELPERS } from "../../language/helper.ts";
import { MAP_TYPES, type MapKind } from "../../language/map/declaration.ts";
import { PROGRAM_TYPES, type ProgramKind } from "../../language/program-kind.ts";

export type Feature =
  | { readonly kind: "map"; readonly map: MapKind }
  | { readonly kind: "program"; readonly program: ProgramKind }
  | {
      readonly kind: "helper";
      /** The kernel's name without its prefix: "fib_lookup". */
      readonly helper: string;
      /** Helpers are offered to kinds of programs one by one. */
      readonly program: ProgramKind;
    }
  | { readonly kind: "native XDP"; readonly ifindex: number }
  | { readonly kind: GeneralFeature };

export type GeneralFeature = keyof typeof GENERAL_FEATURES;

/** Features that take no further word, with the release that brought them. */
const GENERAL_FEATURES = {
  "XDP link": "5.9",
  "tcx link": "6.6",
  "socket map link": "6.10",
  "function information": "5.0",
  "global functions": "5.6",
  "atomics with result": "5.12",
  "batch operations": "5.6",
  "memory-mapped arrays": "5.5",
  "bounded loops": "5.3",
  bpf_loop: "5.17",
} as const;

/** As a person says it: "map kind ringBuffer". */
export function describeFeature(feature: Feature): string {
  switch (feature.kind) {
    case "map":
      return `map kind ${feature.map}`;
    case "program":
      return `program kind ${feature.program}`;
    case "helper":
      return `helper bpf_${feature.helper} in ${feature.program} programs`;
    case "native XDP":
      return `native XDP on interface ${feature.ifindex}`;
    default:
      return feature.kind;
  }
}

/** The release that brought it, "5.8". Native XDP came with 4.8, and to each driver in its own time. */
export function sinceOf(feature: Feature): string {
  switch (feature.kind) {
    case "map":
      return MAP_TYPES[feature.map].since;
    case "program":
      return PROGRAM_TYPES[feature.program].since;
    case "helper":
      return helperOf(feature.helper, feature.program).since;
    case "native XDP":
      return "4.8";
    default:
      return GENERAL_FEATURES[feature.kind];
  }
}

/** The row of a helper for a kind of program. Throws a RangeError when the language has no such helper there. */
export function helperOf(name: string, program: ProgramKind): { readonly id: number; readonly since: string } {
  const found = HELPERS.find(
    (helper) => helper.kernelName === name && (helper.programs === null || helper.programs.includes(program)),
  );
  if (found === undefined) {
    throw new RangeError(`Cannot probe bpf_${name} in ${program} programs: the language does not offer it there.`);
  }
  return found;
}
