/** What a compiled program needs of the kernel to be loaded, asked of the running one. */
import { featuresOf, load, probe, VerifierError } from "../../src/loader/index.ts";
import type { CollectionSpec } from "../../src/object/index.ts";

/** The first feature that is missing, as a clause; `undefined` when all are there. */
export function lackOfFeatures(spec: CollectionSpec): string | undefined {
  for (const wanted of featuresOf(spec)) {
    // All kinds of programs are older than the oldest kernel tested; what came later are tcx links, and nothing is attached.
    if (wanted.kind === "program") continue;
    const { answer, feature, since, why } = probe(wanted);
    if (answer === "no") return `it needs ${feature}, which came with Linux ${since}: ${why}`;
  }
  return lackOfSleepableMaps(spec);
}

/** Programs that run on demand may sleep, and which maps such programs may use has grown: queues came after 6.1. */
function lackOfSleepableMaps(spec: CollectionSpec): string | undefined {
  if (spec.programs.every(({ kind }) => kind !== "Syscall")) return undefined;
  try {
    load(spec).close();
  } catch (error) {
    if (error instanceof VerifierError && /^Sleepable programs can only use/.test(error.reason))
      return `it needs maps that a program that may sleep cannot use here: the verifier says "${error.reason}"`;
  }
  return undefined;
}
