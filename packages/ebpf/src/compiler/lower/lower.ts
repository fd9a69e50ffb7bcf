/**
 * Lowering: from resolved trees to the intermediate form.
 *
 * One entry point becomes one program: everything it calls is inlined, except functions marked `noinline` and callbacks, which
 * become functions of their own.
 */
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { IrFunction, IrProgram, Value } from "../ir/ir.ts";
import type { EntryPoint, LanguageType, Program } from "../resolve/program.ts";
import type { FunctionTree, Parameter, Span } from "../tree.ts";
import { newFunction, terminate } from "./builder.ts";
import { endOfFunction } from "./call.ts";
import type { ConstantTables } from "./constant-tables.ts";
import { loadPacketBounds } from "./context.ts";
import { typeBounds } from "./declared-type.ts";
import type { ContextEntity, Entity, Region } from "./entity.ts";
import type { Environment } from "./environment.ts";
import { type Frame, type FunctionRequest, Lowering, type ProgramLowering } from "./lowering.ts";
import { mergeResults } from "./reference.ts";
import { lowerStatements } from "./statement.ts";

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
  const functions = new Map<string, IrFunction>();
  const requested = new RequestedFunctions();
  const shared: ProgramLowering = {
    program,
    kind: entry.kind,
    functions,
    maps: new Map(),
    tables,
    usedTables: new Set(),
    requestFunction(request) {
      const known = requested.nameOf(request);
      if (known !== undefined) return known;
      const name = freeName(functions, entry.name, request.tree.name);
      requested.add(request, name);
      // Reserves the place, so that functions stand in the order in which they were first called.
      functions.set(name, newFunction(name, request.role, 0, request.tree.at));
      functions.set(name, lowerFunction(shared, name, request));
      return name;
    },
  };
  const main = lowerEntry(shared, entry);
  return {
    ir: { functions: [main, ...functions.values()] },
    maps: [...shared.maps.values()],
    tables: [...shared.usedTables],
  };
}

/** Functions that have been requested: one for each way in which references are shared, which decides what it may do with them. */
class RequestedFunctions {
  readonly #names = new Map<FunctionTree, Map<string, string>>();

  nameOf({ tree, sharedParams }: FunctionRequest): string | undefined {
    return this.#names.get(tree)?.get(sharedParams.join());
  }

  add({ tree, sharedParams }: FunctionRequest, name: string): void {
    const names = this.#names.get(tree) ?? new Map<string, string>();
    this.#names.set(tree, names.set(sharedParams.join(), name));
  }
}

function freeName(functions: ReadonlyMap<string, IrFunction>, entry: string, wanted: string): string {
  let name = wanted;
  for (let count = 2; functions.has(name) || name === entry; count++) name = `${wanted}_${count}`;
  return name;
}

function lowerEntry(shared: ProgramLowering, entry: EntryPoint): IrFunction {
  const { tree, scope, name, kind, args } = entry;
  const fn = newFunction(name, "program", 1, tree.at);
  const frame = newFrame(tree, scope, tree.result === null ? null : scope.resolveType(tree.result));
  const l = new Lowering(shared, fn, frame, emptyEnvironment());
  const pointer = l.emit({ kind: "param", index: 0, bounds: UNBOUNDED }, "pointer", tree.at);
  const context: ContextEntity = { kind: "context", program: kind, pointer, args };
  const [param] = tree.params;
  if (param === undefined) throw new Error("an entry point without a context");
  l.declare(param.name, false, null, context);
  loadPacketBounds(l, context, tree.at);
  finish(l, tree);
  return fn;
}

function lowerFunction(shared: ProgramLowering, name: string, request: FunctionRequest): IrFunction {
  const { tree, scope, role, hiddenParams } = request;
  const result = tree.result === null ? null : scope.resolveType(tree.result);
  checkSignature(tree, result, hiddenParams);
  const fn = newFunction(name, role, tree.params.length + hiddenParams, tree.at);
  const l = new Lowering(shared, fn, newFrame(tree, scope, result), emptyEnvironment());
  tree.params.forEach((param, index) => {
    const type = parameterType(param, scope.resolveType.bind(scope));
    const entity = parameterEntity(l, type, index + hiddenParams, param, request.sharedParams[index] ?? false);
    // Parameters of a function of its own may be assigned like any local: they are values, not the caller's variables.
    l.declare(param.name, true, type, entity);
    if (entity.kind === "context") loadPacketBounds(l, entity, param.at);
  });
  finish(l, tree);
  return fn;
}

function checkSignature(tree: FunctionTree, result: LanguageType | null, hiddenParams: number): void {
  if (tree.params.length + hiddenParams > 5) {
    refuse(
      "E503",
      tree.at,
      `${tree.name} takes ${tree.params.length} parameters, more than registers hold`,
      "put some into a layout and pass a reference",
    );
  }
  if (result === null) {
    refuse("E503", tree.at, `${tree.name} has no result type`, "write it: (a: u32): u32 => …");
  }
  if (result.kind === "ref" || result.kind === "context") {
    refuse(
      "E503",
      tree.at,
      `${tree.name} gives a reference, which a function of its own cannot`,
      "let it be inlined, or give an integer",
    );
  }
}

function parameterType(
  param: Parameter,
  resolve: (type: NonNullable<Parameter["type"]>) => LanguageType,
): LanguageType {
  if (param.type === null)
    return refuse("E503", param.at, `"${param.name}" has no type`, "write it: (a: u32, key: Ref<typeof Key>) => …");
  return resolve(param.type);
}

const UNBOUNDED = { low: 0n, high: 2n ** 64n - 1n };

function parameterEntity(l: Lowering, type: LanguageType, index: number, param: Parameter, shared: boolean): Entity {
  const emit = (valueType: Value["type"]): Value =>
    l.emit({ kind: "param", index, bounds: typeBounds(type) ?? UNBOUNDED }, valueType, param.at);
  switch (type.kind) {
    case "int":
    case "number":
      return { kind: "int", value: emit("int") };
    case "u64":
      return { kind: "u64", value: emit("u64") };
    case "boolean":
      return { kind: "bool", value: emit("bool") };
    case "context":
      return { kind: "context", program: type.program, pointer: emit("pointer"), args: type.args };
    case "ref":
      return {
        kind: "ref",
        layout: type.layout,
        base: emit("pointer"),
        offset: 0,
        region: { generation: null, shared, align: alignmentOf(type.layout), place: "map" },
        isNull: null,
      };
    case "packet":
    case "void":
      return refuse(
        "E503",
        param.at,
        `"${param.name}" has no type that a register can hold`,
        "integers, booleans, u64, references, the context",
      );
  }
}

/**
 * Where a parameter points to is the caller's knowledge. A layout in host order is aligned to its widest field; a packed one lies in the
 * packet, where nothing need be aligned, or at the beginning of an instance.
 */
function alignmentOf({ order, alignment }: AnyLayout): Region["align"] {
  return order === "network" ? 8 : (alignment as Region["align"]);
}

function newFrame(tree: FunctionTree, scope: Frame["scope"], result: LanguageType | null): Frame {
  return { tree, scope, parent: null, result, names: [new Map()], returns: [], jumps: [] };
}

function emptyEnvironment(): Environment {
  return { variables: new Map(), packet: null };
}

/** Lowers the body and makes every return a return of the function. */
function finish(l: Lowering, tree: FunctionTree): void {
  lowerStatements(l, tree.body);
  if (l.cursor !== null) l.frame.returns.push({ edge: l.cursor, entity: endOfFunction(tree, l.frame.result) });
  const { returns } = l.frame;
  for (const { edge } of returns) edge.env.variables.clear();
  const result = mergeResults(l, returns, tree.at);
  if (l.cursor === null) refuseEndless(tree.at);
  terminate(l.here.block, { kind: "return", value: returnValue(l, result, tree), at: tree.at });
}

function returnValue(l: Lowering, result: Entity, tree: FunctionTree): Value {
  switch (result.kind) {
    case "int":
    case "u64":
    case "bool":
      return result.value;
    case "void":
      // The kernel wants r0 set on every exit.
      return l.int(0, tree.at);
    default:
      return refuse("E503", tree.at, `${tree.name} must give a number`, "return a verdict");
  }
}

function refuseEndless(at: Span): never {
  return refuse(
    "E507",
    at,
    "the function never ends",
    "leave the loop with break or return: the kernel wants every loop bounded",
  );
}
