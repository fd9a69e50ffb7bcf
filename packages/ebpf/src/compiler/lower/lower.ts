/**
 * Lowering: from resolved trees to the intermediate form.
 *
 * One entry point becomes one program: everything it calls is inlined, except functions marked `noinline` and callbacks, which
 * become functions of their own.
 */
import type { IrFunction, IrProgram } from "../ir/ir.ts";
import type { EntryPoint, LanguageType, Program } from "../resolve/program.ts";
import { ANY_ADDRESS, newFunction } from "./builder.ts";
import type { CollectionMaps } from "./collection-maps.ts";
import { loadPacketBounds } from "./context.ts";
import type { ContextEntity } from "./entity.ts";
import { emptyEnvironment } from "./environment.ts";
import { lowerBody, outermostFrame } from "./function-body.ts";
import { Lowering, type ProgramLowering } from "./lowering.ts";
import { OwnFunctions } from "./own-function.ts";
import type { Signature } from "./separate.ts";

/** A lowered program and what it needs from the kernel besides code. */
export interface Lowered {
  readonly ir: IrProgram;
  /** Names of maps, those of constant tables included, in order of first use. */
  readonly maps: readonly string[];
  /** Parameters of the functions that the kernel verifies by themselves, by the functions' names. */
  readonly signatures: ReadonlyMap<string, Signature>;
}

/** @param collection the maps of all programs, to which those of this one are added */
export function lower(program: Program, entry: EntryPoint, collection: CollectionMaps): Lowered {
  const functions = new OwnFunctions(entry.name);
  const shared: ProgramLowering = {
    program,
    kind: entry.kind,
    collection,
    maps: new Set(),
    requestFunction: (request) => functions.request(shared, request),
  };
  const main = lowerEntry(shared, entry);
  return { ir: { functions: [main, ...functions.all] }, maps: [...shared.maps], signatures: functions.signatures };
}

function lowerEntry(shared: ProgramLowering, entry: EntryPoint): IrFunction {
  const { tree, scope, name, kind, args } = entry;
  const [param] = tree.params;
  if (param === undefined) throw new Error("an entry point without a context");
  const fn = newFunction(name, "program", 1, tree.at);
  const frame = outermostFrame(tree, scope, resultType(entry));
  const l = new Lowering(shared, fn, frame, emptyEnvironment());
  const pointer = l.emit({ kind: "param", index: 0, bounds: ANY_ADDRESS }, "pointer", tree.at);
  const context: ContextEntity = { kind: "context", program: kind, pointer, args };
  l.declare(param.name, false, null, context);
  loadPacketBounds(l, context, tree.at);
  lowerBody(l, tree);
  return fn;
}

/** The verifier lets a socket lookup end with SK_DROP or SK_PASS only; other programs may return any number. */
function resultType({ kind, tree, scope }: EntryPoint): LanguageType {
  if (kind === "SkLookup") return { kind: "int", bits: 1, signed: false };
  return tree.result === null ? { kind: "number" } : scope.resolveType(tree.result);
}
