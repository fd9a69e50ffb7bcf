/**
 * The compiler: a packet module becomes specs of programs and maps.
 *
 * resolve (parse) → lower → ranges → optimise → select → allocate → emit → assemble. Each phase hands plain data to the next and knows
 * nothing of the one after it; this file is the only one that knows them all.
 */
import type { MapDeclaration } from "../language/map/declaration.ts";
import { type BtfBuilder, createBtfBuilder } from "../object/btf.ts";
import { listInstructions } from "../object/listing.ts";
import type { CollectionSpec, ProgramSpec } from "../object/spec.ts";
import { allocate } from "./allocate/allocate.ts";
import type { AllocatedProgram } from "./allocate/allocated.ts";
import { printAllocated } from "./allocate/print-allocated.ts";
import { LayoutTypes } from "./assemble/layout-types.ts";
import { mapSpec, tableSpec } from "./assemble/map-spec.ts";
import { programSpec } from "./assemble/program-spec.ts";
import type { Bytecode } from "./emit/bytecode.ts";
import { emit } from "./emit/emit.ts";
import { calledFunctions } from "./ir/called-functions.ts";
import { printIr } from "./ir/print-ir.ts";
import { CollectionMaps } from "./lower/collection-maps.ts";
import { type Lowered, lower } from "./lower/lower.ts";
import { printMachine } from "./machine/print-machine.ts";
import { optimise } from "./optimise/optimise.ts";
import { analyseRanges } from "./ranges/analyse-ranges.ts";
import type { ConfigValues } from "./resolve/configuration.ts";
import type { ReadSource } from "./resolve/load.ts";
import type { EntryPoint, Program } from "./resolve/program.ts";
import { resolve } from "./resolve/resolve.ts";
import { select } from "./select/select.ts";
import type { PhaseName, Watch } from "./watch.ts";

export interface CompileOptions {
  /** Gives the text of a module, or `undefined` where there is none. */
  readonly readSource: ReadSource;
  /** Values in the place of the defaults that `config({ … })` declares. */
  readonly config?: ConfigValues;
  /** Programs wanted, by the names of their functions; all exported ones when left out. */
  readonly programs?: readonly string[];
  /** XDP programs accept packets that lie in several buffers, as jumbo frames do (kernel 5.18). Default false. */
  readonly frags?: boolean;
  /** Sees the output of every phase. */
  readonly watch?: Watch;
}

/** What was compiled, and the declarations it came from: a loader gives typed access to maps by them. */
export interface Compiled extends CollectionSpec {
  readonly declarations: readonly MapDeclaration[];
}

/**
 * Compiles the programs that a module exports.
 *
 * @param entry path of the module, as `readSource` takes it
 * @throws CompileError with every refusal of the phase that found any
 * @throws Error for a configuration value or a program that the module does not have
 */
export function compile(entry: string, options: CompileOptions): Compiled {
  const resolved = resolve(entry, options.readSource, options.config ?? {});
  const entryPoints = chooseEntryPoints(entry, resolved.entryPoints, options.programs);
  const btf = createBtfBuilder();
  const types = new LayoutTypes(btf, resolved.layoutNames);
  const collection = new CollectionMaps();
  const programs = entryPoints.map((entryPoint) => {
    const { lowered, allocated, bytecode } = compileEntryPoint(resolved, entryPoint, collection, options.watch);
    const { name, kind } = entryPoint;
    return programSpec(
      {
        name,
        kind,
        bytecode,
        allocated,
        maps: lowered.maps,
        signatures: lowered.signatures,
        frags: options.frags ?? false,
      },
      btf,
      types,
    );
  });
  const maps = [
    ...collection.declared.map((map) => mapSpec(map, types)),
    ...collection.tables.map(({ name, bytes }) => tableSpec(name, bytes)),
  ];
  const strings = lineStrings(programs, btf);
  return { programs, maps, btf: btf.encode(), strings, declarations: collection.declared };
}

function chooseEntryPoints(
  entry: string,
  entryPoints: readonly EntryPoint[],
  wanted: readonly string[] | undefined,
): readonly EntryPoint[] {
  const names = entryPoints.map(({ name }) => name).join(", ") || "none";
  if (wanted === undefined) {
    if (entryPoints.length > 0) return entryPoints;
    throw new Error(
      `Cannot compile ${entry}: it exports no program. Export a function whose only parameter is a context: export function main(ctx: Xdp): number.`,
    );
  }
  return wanted.map((name) => {
    const found = entryPoints.find((entryPoint) => entryPoint.name === name);
    if (found !== undefined) return found;
    throw new Error(`Cannot compile ${name} of ${entry}: the module exports ${names}. Name one of these.`);
  });
}

interface Phases {
  readonly lowered: Lowered;
  readonly allocated: AllocatedProgram;
  readonly bytecode: Bytecode;
}

function compileEntryPoint(
  program: Program,
  entry: EntryPoint,
  collection: CollectionMaps,
  watch: Watch | undefined,
): Phases {
  const show = (phase: PhaseName, print: () => string): void => watch?.(entry.name, phase, print);
  const lowered = lower(program, entry, collection);
  const { functions } = lowered.ir;
  const printAll = (): string => functions.map(printIr).join("\n");
  show("lower", printAll);
  for (const fn of functions) analyseRanges(fn);
  show("ranges", printAll);
  for (const fn of functions) optimise(fn);
  show("optimise", printAll);
  const machine = select({ functions: calledFunctions(functions) });
  show("select", () => printMachine(machine));
  const allocated = allocate(machine);
  show("allocate", () => printAllocated(allocated));
  const bytecode = emit(allocated);
  show("emit", () => listInstructions(bytecode.instructions));
  return { lowered, allocated, bytecode };
}

/** Puts the file names and line texts of all programs into the BTF string table. */
function lineStrings(programs: readonly ProgramSpec[], btf: BtfBuilder): ReadonlyMap<string, number> {
  const strings = new Map<string, number>();
  for (const { lines } of programs) {
    for (const { file, text } of lines) {
      strings.set(file, btf.string(file));
      strings.set(text, btf.string(text));
    }
  }
  return strings;
}
