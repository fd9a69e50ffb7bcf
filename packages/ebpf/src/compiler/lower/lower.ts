/**
 * Lowering: from resolved trees to the intermediate form.
 *
 * One entry point becomes one program: everything it calls is inlined, except functions marked `noinline` and callbacks, which
 * become functions of their own.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { IrFunction, IrProgram } from "../ir/ir.ts";
import type { EntryPoint, Program } from "../resolve/program.ts";
import { ANY_ADDRESS, newFunction } from "./builder.ts";
import type { ConstantTables } from "./constant-tables.ts";
import { loadPacketBounds } from "./context.ts";
import type { ContextEntity } from "./entity.ts";
import { emptyEnvironment } from "./environment.ts";
import { lowerBody, outermostFrame } from "./function-body.ts";
import { Lowering, type ProgramLowering } from "./lowering.ts";
import { OwnFunctions } from "./own-function.ts";

/** A lowered program and what it needs from the kernel besides code. */
export interface Lowered {
  readonly ir: IrProgram;
  /** In order of first use. */
  readonly maps: readonly MapDeclaration[];
  /** Names of the constant tables it reads. */
  readonly tables: readonly string[];
}

/** @param tables the constant tables of the collection, to which those of this program are added */
export function lower(program: Program, entry: EntryPoint, tables: ConstantTables): Lowered {
  const functions = new OwnFunctions(entry.name);
  const shared: ProgramLowering = {
    program,
    kind: entry.kind,
    maps: new Map(),
    tables,
    usedTables: new Set(),
    requestFunction: (request) => functions.request(shared, request),
  };
  const main = lowerEntry(shared, entry);
  return {
    ir: { functions: [main, ...functions.all] },
    maps: [...shared.maps.values()],
    tables: [...shared.usedTables],
  };
}

function lowerEntry(shared: ProgramLowering, entry: EntryPoint): IrFunction {
  const { tree, scope, name, kind, args } = entry;
  const [param] = tree.params;
  if (param === undefined) throw new Error("an entry point without a context");
  const fn = newFunction(name, "program", 1, tree.at);
  const frame = outermostFrame(tree, scope, tree.result === null ? { kind: "number" } : scope.resolveType(tree.result));
  const l = new Lowering(shared, fn, frame, emptyEnvironment());
  const pointer = l.emit({ kind: "param", index: 0, bounds: ANY_ADDRESS }, "pointer", tree.at);
  const context: ContextEntity = { kind: "context", program: kind, pointer, args };
  l.declare(param.name, false, null, context);
  loadPacketBounds(l, context, tree.at);
  lowerBody(l, tree);
  return fn;
}
