/**
 * Functions of their own: marked `noinline`, or handed to a helper as callbacks. They are called by registers.
 */
import { refuse } from "../diagnostic.ts";
import type { IrFunction, Value } from "../ir/ir.ts";
import type { LanguageType } from "../resolve/program.ts";
import type { FunctionTree, Parameter } from "../tree.ts";
import { ANY_ADDRESS, newFunction } from "./builder.ts";
import { loadPacketBounds } from "./context.ts";
import { typeBounds } from "./declared-type.ts";
import type { Entity } from "./entity.ts";
import { emptyEnvironment } from "./environment.ts";
import { lowerBody, outermostFrame } from "./function-body.ts";
import { refuseSelfCall } from "./inline.ts";
import { type FunctionRequest, Lowering, type ProgramLowering } from "./lowering.ts";
import { nullTest } from "./reference.ts";
import type { PassedMemory } from "./region.ts";
import { maySeparate, passesReferenceOn, type Signature, testReferences } from "./separate.ts";

/** The registers r1 to r5. */
const MOST_PARAMETERS = 5;

/**
 * The functions of one program. A function is lowered once for each kind of memory that its references are passed, because that decides
 * what it may do with them.
 */
export class OwnFunctions {
  readonly #entry: string;
  readonly #functions = new Map<string, IrFunction>();
  /** Names by function and by the memory behind its parameters. */
  readonly #names = new Map<FunctionTree, Map<string, string>>();
  readonly #unfinished = new Set<FunctionTree>();
  readonly #signatures = new Map<string, Signature>();

  /** @param entry the name of the program itself, which no function may take */
  constructor(entry: string) {
    this.#entry = entry;
  }

  /** In the order in which they were first called. */
  get all(): readonly IrFunction[] {
    return [...this.#functions.values()];
  }

  /** Of the functions that the kernel verifies by themselves. */
  get signatures(): ReadonlyMap<string, Signature> {
    return this.#signatures;
  }

  /** Lowers a function unless it has been; gives its name. */
  request(shared: ProgramLowering, request: FunctionRequest): string {
    const { tree, memory, role, at } = request;
    if (this.#unfinished.has(tree)) refuseSelfCall(tree, at);
    const names = this.#names.get(tree) ?? new Map<string, string>();
    const key = JSON.stringify(memory);
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = this.#freeName(tree.name);
    this.#names.set(tree, names.set(key, name));
    // Reserves the place, so that functions stand in the order of their first calls.
    this.#functions.set(name, newFunction(name, role, 0, tree.at));
    this.#unfinished.add(tree);
    this.#functions.set(name, this.#lower(shared, name, request));
    this.#unfinished.delete(tree);
    return name;
  }

  #lower(shared: ProgramLowering, name: string, request: FunctionRequest): IrFunction {
    const signature = signatureOf(request);
    if (!maySeparate(shared, request, signature)) return lowerFunction(shared, name, request, false);
    const separate = lowerFunction(shared, name, request, true);
    if (passesReferenceOn(separate, signature)) return lowerFunction(shared, name, request, false);
    this.#signatures.set(name, signature);
    return separate;
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#functions.has(name) || name === this.#entry; count++) name = `${wanted}_${count}`;
    return name;
  }
}

function lowerFunction(
  shared: ProgramLowering,
  name: string,
  request: FunctionRequest,
  isSeparate: boolean,
): IrFunction {
  const { tree, scope, role, hiddenParams, memory } = request;
  const result = checkedResult(tree, tree.result === null ? null : scope.resolveType(tree.result), hiddenParams);
  const fn = newFunction(name, role, tree.params.length + hiddenParams, tree.at);
  const l = new Lowering(shared, fn, outermostFrame(tree, scope, result), emptyEnvironment());
  const params = tree.params.map((param, index) => ({ param, index, type: parameterType(request, param) }));
  // The context comes first: it says where the packet is, and so which references into it are good.
  const ordered = [...params.filter(isContext), ...params.filter((each) => !isContext(each))];
  const untested: Value[] = [];
  for (const { param, index, type } of ordered) {
    const entity = parameterEntity(l, type, index + hiddenParams, param, memory[index] ?? null);
    // Parameters may be assigned like any local: they are values, not the caller's variables.
    l.declare(param.name, entity.kind !== "context", type, entity);
    if (entity.kind === "context") loadPacketBounds(l, entity, param.at);
    if (isSeparate && entity.kind === "ref" && entity.isNull === null) untested.push(entity.base);
  }
  lowerBody(l, tree, testReferences(l, untested, result, tree.at));
  return fn;
}

function isContext({ type }: { readonly type: LanguageType }): boolean {
  return type.kind === "context" || type.kind === "packet";
}

function signatureOf(request: FunctionRequest): Signature {
  return request.tree.params.map((param) => ({ name: param.name, type: parameterType(request, param) }));
}

function checkedResult(tree: FunctionTree, result: LanguageType | null, hiddenParams: number): LanguageType {
  const { name, params, at } = tree;
  if (params.length + hiddenParams > MOST_PARAMETERS) {
    const got = `${name} takes ${params.length} parameters, more than registers hold`;
    refuse("E503", at, got, "put some into a layout and pass a reference");
  }
  if (result === null) return refuse("E503", at, `${name} has no result type`, "write it: (a: u32): u32 => …");
  if (result.kind === "ref" || result.kind === "context" || result.kind === "packet") {
    const got = `${name} gives a reference, which a function of its own cannot`;
    return refuse("E503", at, got, "let it be inlined, or give an integer");
  }
  return result;
}

function parameterType({ scope }: FunctionRequest, { name, type, at }: Parameter): LanguageType {
  if (type === null)
    return refuse("E503", at, `"${name}" has no type`, "write it: (a: u32, key: Ref<typeof Key>) => …");
  return scope.resolveType(type);
}

function parameterEntity(
  l: Lowering,
  type: LanguageType,
  index: number,
  param: Parameter,
  memory: PassedMemory | null,
): Entity {
  const emit = (valueType: Value["type"]): Value =>
    l.emit({ kind: "param", index, bounds: typeBounds(type) ?? ANY_ADDRESS }, valueType, param.at);
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
    case "packet":
      return { kind: "context", program: l.shared.kind, pointer: emit("pointer"), args: null };
    case "ref": {
      if (memory === null) throw new Error(`nothing is known of the memory behind ${param.name}`);
      const generation = memory.place === "packet" ? (l.env.packet?.data ?? null) : null;
      const region = { ...memory, generation, newestSlot: -1 };
      const base = emit("pointer");
      const isNull = type.nullable ? nullTest(l, base, param.at) : null;
      return { kind: "ref", layout: type.layout, base, offset: 0, region, isNull };
    }
    case "void": {
      const got = `"${param.name}" has no type that a register can hold`;
      return refuse("E503", param.at, got, "integers, booleans, u64, references, the context");
    }
  }
}
