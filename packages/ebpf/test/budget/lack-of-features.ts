/** What a compiled program needs of the kernel to be loaded, asked of the running one. */
import { featuresOf, probe } from "../../src/loader/index.ts";
import type { CollectionSpec } from "../../src/object/index.ts";

/** The first feature that is missing, as a clause; `undefined` when all are there. */
export function lackOfFeatures(spec: CollectionSpec): string | undefined {
  for (const wanted of featuresOf(spec)) {
    // All kinds of programs are older than the oldest kernel tested; what came later are tcx links, and nothing is attached.
    if (wanted.kind === "program") continue;
    const { answer, feature, since, why } = probe(wanted);
    if (answer === "no") return `it needs ${feature}, which came with Linux ${since}: ${why}`;
  }
  return undefined;
}
