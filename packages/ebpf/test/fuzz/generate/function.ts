/**
 * Generated functions: inlined ones with several returns, noinline ones, and the callbacks of loops and visits.
 */
import { Body, type ContextKind, type Result } from "./body.ts";
import { type IntegerType, TYPES, typeNamed } from "./expression.ts";
import { ofField } from "./integer.ts";
import type { LayoutModel } from "./layout.ts";
import type { MapModel } from "./map.ts";
import { isShared } from "./map.ts";
import type { ModuleModel } from "./module.ts";
import { finish, statements } from "./statement.ts";
import { type Braces, braces, type Text } from "./text.ts";

export type Parameter =
  | { readonly kind: "int"; readonly name: string; readonly type: IntegerType }
  | { readonly kind: "u64" | "boolean"; readonly name: string }
  | { readonly kind: "ref"; readonly name: string; readonly layout: LayoutModel }
  | { readonly kind: "context"; readonly name: "ctx"; readonly context: ContextKind };

export interface FunctionModel {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly result: Result;
  /** Interval of a result of type number. */
  readonly low: bigint;
  readonly high: bigint;
  /** Lines that a call adds; 1 when it is a call in the kernel too. */
  readonly cost: number;
  /** It may move the packet. */
  readonly moves: boolean;
  readonly changesMaps: boolean;
  /** It goes round, by itself or by callbacks: in a loop the verifier would follow too many ways. */
  readonly repeats: boolean;
}

/** Adds a function to the module. */
export function addFunction(module: ModuleModel, noinline: boolean): void {
  const { random } = module;
  const name = module.fresh("fn");
  const result = resultOf(module, noinline);
  const parameters = parametersOf(module, result);
  const hasContext = parameters.some((parameter) => parameter.kind === "context");
  const body = new Body(module, {
    context: hasContext ? module.kind : null,
    result,
    budget: random.between(2, noinline ? 8 : 6),
    changesMaps: random.chance(0.4),
    calls: true,
  });
  for (const parameter of parameters) declareParameter(body, parameter);
  const mapsBefore = module.mapChanges;
  const roundsBefore = module.repetitions;
  const text = body.block(() => {
    statements(body);
    finish(body);
  });
  const changesMaps = module.mapChanges !== mapsBefore;
  module.functions.push({
    ...{ name, parameters, result, changesMaps, moves: body.moves > 0 },
    repeats: module.repetitions !== roundsBefore,
    low: result.kind === "int" ? (result.type?.low ?? 0n) : 0n,
    high: result.kind === "int" ? (result.type?.high ?? 0n) : 0n,
    cost: noinline ? 1 : countLines(text),
  });
  module.declarations.push(declaration(name, parameters, result, noinline, text));
}

function declaration(
  name: string,
  parameters: readonly Parameter[],
  result: Result,
  noinline: boolean,
  text: readonly Text[],
): Braces {
  const list = parameters.map((parameter) => `${parameter.name}: ${typeOf(parameter)}`).join(", ");
  if (noinline) return braces(`const ${name} = noinline((${list}): ${resultText(result)} => {`, text, "});");
  return braces(`function ${name}(${list}): ${resultText(result)} {`, text);
}

function resultOf({ random, layouts, kind }: ModuleModel, noinline: boolean): Result {
  const shape = random.weighted([
    [5, "int"],
    [3, "boolean"],
    [2, "u64"],
    [noinline || kind === "Syscall" ? 0 : 3, "ref"],
    [1, "void"],
  ] as const);
  if (shape === "int") return { kind: "int", type: random.pick(TYPES) };
  if (shape === "ref") return { kind: "ref", layout: random.pick(layouts) };
  return { kind: shape };
}

function parametersOf(module: ModuleModel, result: Result): readonly Parameter[] {
  const { random } = module;
  const parameters: Parameter[] = [];
  const count = random.between(1, 4);
  for (let index = 0; index < count; index++) {
    const name = module.fresh("p");
    const shape = random.weighted([
      [5, "int"],
      [2, "u64"],
      [2, "boolean"],
      [3, "ref"],
    ] as const);
    if (shape === "int") parameters.push({ kind: "int", name, type: random.pick(TYPES) });
    else if (shape === "ref") parameters.push({ kind: "ref", name, layout: random.pick(module.layouts) });
    else parameters.push({ kind: shape, name });
  }
  if (module.kind !== "Syscall" && (result.kind === "ref" || random.chance(0.4))) {
    parameters.push({ kind: "context", name: "ctx", context: module.kind });
  }
  return parameters;
}

function declareParameter(body: Body, parameter: Parameter): void {
  const { name } = parameter;
  switch (parameter.kind) {
    case "int": {
      const { low, high } = parameter.type;
      body.declareInt({ text: name, type: body.random.chance(0.5) ? parameter.type : null, low, high, tainted: true });
      break;
    }
    case "u64":
      body.quads.push({ text: name, type: null, low: 0n, high: 2n ** 64n - 1n, tainted: true });
      break;
    case "boolean":
      body.booleans.push(name);
      break;
    case "ref":
      body.refs.push({
        ...{ text: name, layout: parameter.layout, place: "unknown", shared: true },
        ...{ moves: 0, element: null },
      });
      break;
    case "context":
      break;
  }
}

function typeOf(parameter: Parameter): string {
  switch (parameter.kind) {
    case "int":
      return parameter.type.name;
    case "ref":
      return `Ref<typeof ${parameter.layout.name}>`;
    case "context":
      return parameter.context;
    default:
      return parameter.kind;
  }
}

function resultText(result: Result): string {
  switch (result.kind) {
    case "int":
      return result.type?.name ?? "number";
    case "ref":
      return `Ref<typeof ${result.layout.name}> | null`;
    case "stop":
      return "0 | 1";
    default:
      return result.kind;
  }
}

/** A callback of `loop`; gives its name. */
export function addStep(module: ModuleModel, state: LayoutModel): string {
  const name = module.fresh("step");
  const body = callbackBody(module, state);
  body.declareInt({ text: "index", type: null, ...typeNamed("u32"), tainted: false });
  return addCallback(module, body, name, `function ${name}(index: u32, state: Ref<typeof ${state.name}>): 0 | 1 {`);
}

/** A callback of `forEach`, which must not depend on the order of elements: it sums and mixes what it sees into the state. */
export function addVisit(module: ModuleModel, map: MapModel, state: LayoutModel): string {
  const name = module.fresh("visit");
  const { random } = module;
  const lines: Text[] = [];
  const valueField = map.value.fields.find((field) => field.kind === "int");
  const keyField = map.key?.fields.find((field) => field.kind === "int");
  for (const [owner, field] of [
    ["key", keyField],
    ["value", valueField],
  ] as const) {
    if (field?.kind !== "int" || (owner === "key" && random.chance(0.4))) continue;
    const read = `${owner}.${field.name}`;
    const { low } = ofField(field, false);
    const word = field.bits === 64 ? `Number(${read} & 0xffffffffn)` : low < 0n ? `(${read} >>> 0)` : read;
    lines.push(`state.sum = (state.sum + ${word}) >>> 0;`, `state.mix = (state.mix ^ Math.imul(${word}, 31)) >>> 0;`);
    if (field.bits === 64) lines.push(`state.total = u64wrap(state.total + ${read});`);
  }
  lines.push("state.count = (state.count + 1) & 0xffff;");
  if (random.chance(0.4) && valueField?.kind === "int") {
    const isQuad = valueField.bits === 64;
    if (!isShared(map)) lines.push(`value.${valueField.name} = ${isQuad ? "9n" : "9"};`);
    else if (valueField.bits >= 32 && !valueField.signed && !valueField.raw) {
      lines.push(`atomicXor(value, "${valueField.name}", ${isQuad ? "5n" : "5"});`);
    }
  }
  const value = `value: ${refText(map.value)}`;
  const open = `function ${name}(key: ${refText(map.key)}, ${value}, state: Ref<typeof ${state.name}>): 0 | 1 {`;
  module.declarations.push(braces(open, [...lines, "return 0;"]));
  return name;
}

function refText(layout: LayoutModel | null): string {
  const [field] = layout?.fields ?? [];
  if (layout?.name != null) return `Ref<typeof ${layout.name}>`;
  return `RefOf<typeof ${field?.kind === "int" ? field.type : ""}>`;
}

function callbackBody(module: ModuleModel, state: LayoutModel): Body {
  const body = new Body(module, {
    ...{ context: null, result: { kind: "stop" }, budget: module.random.between(2, 5) },
    ...{ changesMaps: false, calls: false },
  });
  body.refs.push({ text: "state", layout: state, place: "stack", shared: false, moves: 0, element: null });
  return body;
}

function addCallback(module: ModuleModel, body: Body, name: string, open: string): string {
  const text = body.block(() => {
    statements(body);
    finish(body);
  });
  module.declarations.push(braces(open, text));
  return name;
}

function countLines(text: readonly Text[]): number {
  let count = 0;
  for (const part of text) {
    if (typeof part === "string") count++;
    else for (const { body } of part.sections) count += 1 + countLines(body);
  }
  return count;
}
