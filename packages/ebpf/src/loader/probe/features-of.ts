/**
 * What a collection needs of a kernel, read off its spec. Pure.
 *
 *     featuresOf(compile("lb.ts", …)).map(probe)   // before anything is loaded, one line each for a report
 */
import { mapFlags } from "@weir/linux";
import { HELPERS } from "../../language/helper.ts";
import { MAP_TYPES, type MapKind } from "../../language/map/declaration.ts";
import { PROGRAM_TYPES, type ProgramKind } from "../../language/program-kind.ts";
import {
  ATOMIC_FETCH,
  CALL_HELPER,
  CLASS_JMP,
  CLASS_JMP32,
  CLASS_MASK,
  CLASS_STX,
  type CollectionSpec,
  type Instruction,
  isWide,
  JMP_CALL,
  JMP_EXIT,
  type MapSpec,
  MODE_ATOMIC,
  MODE_MASK,
  type ProgramSpec,
} from "../../object/index.ts";
import type { Feature } from "./feature.ts";

/** Each feature once, in order of first need: of maps, then of programs. */
export function featuresOf(spec: CollectionSpec): readonly Feature[] {
  const found = new Map<string, Feature>();
  for (const feature of [...spec.maps.flatMap(ofMap), ...spec.programs.flatMap(ofProgram)]) {
    found.set(JSON.stringify(feature), feature);
  }
  return [...found.values()];
}

function ofMap(map: MapSpec): readonly Feature[] {
  const kind = kindOf(MAP_TYPES, map.type);
  return [
    ...(kind === undefined ? [] : [{ kind: "map" as const, map: kind }]),
    ...((map.flags & mapFlags.mmapable) !== 0 ? [{ kind: "memory-mapped arrays" as const }] : []),
    ...(map.inner === null ? [] : ofMap(map.inner)),
  ];
}

function ofProgram({ kind, functions, instructions }: ProgramSpec): readonly Feature[] {
  if (!isProgramKind(kind)) return [];
  return [
    { kind: "program", program: kind },
    ...(functions.length > 0 ? [{ kind: "function information" as const }] : []),
    ...instructions.flatMap((instruction) => ofInstruction(instruction, kind)),
  ];
}

const OPERATION_BITS = 0xf0;

function ofInstruction(instruction: Instruction, program: ProgramKind): readonly Feature[] {
  if (isWide(instruction)) return [];
  const { opcode, src, off, imm } = instruction;
  const kind = opcode & CLASS_MASK;
  if (kind === CLASS_STX && (opcode & MODE_MASK) === MODE_ATOMIC) {
    return (imm & ATOMIC_FETCH) === 0 ? [] : [{ kind: "atomics with result" }];
  }
  if (kind !== CLASS_JMP && kind !== CLASS_JMP32) return [];
  const operation = opcode & OPERATION_BITS;
  if (operation === JMP_CALL) return src === CALL_HELPER ? ofHelper(imm, program) : [];
  return operation !== JMP_EXIT && off < 0 ? [{ kind: "bounded loops" }] : [];
}

function ofHelper(id: number, program: ProgramKind): readonly Feature[] {
  const helper = HELPERS.find((row) => row.id === id && (row.programs === null || row.programs.includes(program)));
  return helper === undefined ? [] : [{ kind: "helper", helper: helper.kernelName, program }];
}

function kindOf(types: Readonly<Record<MapKind, { readonly type: number }>>, number: number): MapKind | undefined {
  // The names of a record's entries are its keys.
  return (Object.keys(types) as MapKind[]).find((kind) => types[kind].type === number);
}

function isProgramKind(kind: string): kind is ProgramKind {
  return Object.hasOwn(PROGRAM_TYPES, kind);
}
