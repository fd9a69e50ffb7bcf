/** What a compiled program needs of the kernel, asked of the running one. */

import { HELPERS } from "../../src/language/helper.ts";
import { MAP_TYPES, type MapKind } from "../../src/language/map/declaration.ts";
import type { ProgramKind } from "../../src/language/program-kind.ts";
import { type Feature, probe } from "../../src/loader/index.ts";
import { type CollectionSpec, isWide, type ProgramSpec } from "../../src/object/index.ts";

/** The first feature that is missing, as a clause; `undefined` when all are there. */
export function lackOfFeatures({ programs, maps }: CollectionSpec): string | undefined {
  const kinds = Object.entries(MAP_TYPES).filter(([, { type }]) => maps.some((map) => map.type === type));
  const wanted: readonly Feature[] = [
    ...kinds.map(([map]) => ({ kind: "map", map: map as MapKind }) as const),
    ...programs.flatMap(featuresOf),
  ];
  for (const each of wanted) {
    const { answer, feature, since, why } = probe(each);
    if (answer === "no") return `it needs ${feature}, which came with Linux ${since}: ${why}`;
  }
  return undefined;
}

function featuresOf({ kind, instructions }: ProgramSpec): readonly Feature[] {
  const program = kind as ProgramKind;
  const ids = new Set(
    instructions.flatMap((each) => (!isWide(each) && each.opcode === CALL && each.src === 0 ? [each.imm] : [])),
  );
  const helpers = HELPERS.filter(
    ({ id, programs }) => ids.has(id) && (programs === null || programs.includes(program)),
  );
  return [
    { kind: "program", program },
    ...helpers.map(({ kernelName }) => ({ kind: "helper", helper: kernelName, program }) as const),
  ];
}

const CALL = 0x85;
