/**
 * Calls: who is called decides how.
 *
 * A module-level function is inlined; one marked `noinline` is called; methods of layouts, maps, vectors, tables, cells and the context,
 * and the functions of the language itself, each have a file that lowers them.
 */
import { refuse } from "../diagnostic.ts";
import type { Binding, LanguageType } from "../resolve/program.ts";
import type { Expression, ExpressionOf, FunctionTree, Span } from "../tree.ts";
import { assignedNames, mayMovePacket } from "./assigned.ts";
import { callContextMethod, loadPacketBounds } from "./context.ts";
import { toInt, toU64 } from "./conversion.ts";
import { fitType, typeBounds } from "./declared-type.ts";
import { describe, type Entity } from "./entity.ts";
import { forgetNewer } from "./environment.ts";
import { expectBool, expectInt, expectU64 } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import { callIntrinsic, callMath } from "./intrinsic.ts";
import { callCell, callLayout, callTable, callVector } from "./layout-call.ts";
import type { Frame, Lowering } from "./lowering.ts";
import { callMap } from "./map-call.ts";
import { expectLayout } from "./memory.ts";
import { materialise, mergeResults } from "./reference.ts";

import { lowerStatements } from "./statement.ts";

type Call = ExpressionOf<"call">;
type FunctionBinding = Extract<Binding, { readonly kind: "function" }>;

export function lowerCall(l: Lowering, call: Call): Entity {
  const { callee } = call;
  if (callee.kind === "name") return callName(l, callee, call);
  if (callee.kind !== "member")
    return refuse("E505", callee.at, "this cannot be called", "call a function or a method by its name");
  if (callee.object.kind === "name" && callee.object.name === "Math") return callMath(l, callee.property, call);
  const object = lowerExpression(l, callee.object);
  const method = callee.property;
  switch (object.kind) {
    case "context":
      return callContextMethod(l, object, method, call);
    case "map":
      return object.declaration.isCell
        ? callCell(l, object.declaration, method, call)
        : callMap(l, object, method, call);
    case "vector":
      return callVector(l, object, method, call);
    case "static":
      if (object.binding.kind === "layout") return callLayout(l, object.binding, method, call);
      if (object.binding.kind === "table") return callTable(l, object.binding, method, call);
      break;
    default:
      break;
  }
  return refuse(
    "E505",
    callee.at,
    `${describe(object)} has no method "${method}"`,
    "methods belong to layouts, maps, vectors, tables and the context",
  );
}

function callName(l: Lowering, callee: ExpressionOf<"name">, call: Call): Entity {
  const { name, at } = callee;
  if (l.findVariable(name) === null && (name === "Number" || name === "BigInt")) return convert(l, name, call);
  const binding = l.findVariable(name) === null ? l.frame.scope.lookup(name, at) : null;
  switch (binding?.kind) {
    case "function":
      return binding.noinline ? invoke(l, binding, call) : inline(l, binding, lowerArgs(l, call), call.at);
    case "intrinsic":
      return callIntrinsic(l, binding.name, call);
    default:
      return refuse("E505", at, `"${name}" is not a function`, "call a function declared at module level");
  }
}

function convert(l: Lowering, name: "Number" | "BigInt", call: Call): Entity {
  const [argument] = expectArgs(l, call, 1);
  if (argument === undefined) throw new Error("one argument was expected");
  if (name === "BigInt")
    return { kind: "u64", value: toU64(l, expectInt(argument, "the argument of BigInt", call.at), call.at) };
  return { kind: "int", value: toInt(l, expectU64(argument, "the argument of Number", call.at), call.at) };
}

export function lowerArgs(l: Lowering, call: Call): readonly Entity[] {
  return call.args.map((arg) => lowerExpression(l, arg));
}

/** Lowers the arguments, of which there must be between `least` and `most`. */
export function expectArgs(l: Lowering, call: Call, least: number, most = least): readonly Entity[] {
  const { length } = call.args;
  if (length < least || length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    refuse("E502", call.at, `${length} arguments, ${wanted} wanted`, "give each parameter one argument");
  }
  return lowerArgs(l, call);
}

/** Lowers the body of a function in place of its call. */
export function inline(l: Lowering, binding: FunctionBinding, args: readonly Entity[], at: Span): Entity {
  const { tree, scope } = binding;
  refuseRecursion(l.frame, tree, at);
  if (args.length !== tree.params.length) {
    refuse(
      "E502",
      at,
      `${tree.name} takes ${tree.params.length} arguments, got ${args.length}`,
      "give each parameter one argument",
    );
  }
  const caller = l.frame;
  const before = new Set(l.env.variables.keys());
  const result = tree.result === null ? null : scope.resolveType(tree.result);
  l.frame = { tree, scope, parent: caller, result, names: [new Map()], returns: [], jumps: [] };
  const assigned = assignedNames(tree.body);
  tree.params.forEach((param, index) => {
    const arg = args[index];
    if (arg === undefined) throw new Error("an argument is missing");
    const type = param.type === null ? null : scope.resolveType(param.type);
    const mutable = assigned.has(param.name);
    const fitted = fitType(l, arg, type, param.name, at);
    l.declare(param.name, mutable, type, mutable ? materialise(l, fitted, type, at) : fitted);
  });
  lowerStatements(l, tree.body);
  if (l.cursor !== null) l.frame.returns.push({ edge: l.cursor, entity: endOfFunction(tree, result) });
  const { returns } = l.frame;
  l.frame = caller;
  for (const { edge } of returns) forgetNewer(edge.env, before);
  return mergeResults(l, returns, at);
}

/** What a function gives that runs to its end. */
export function endOfFunction(tree: FunctionTree, result: LanguageType | null): Entity {
  if (result !== null && result.kind !== "void") {
    refuse("E506", tree.at, `${tree.name} may end without a result`, "return a value on every way");
  }
  return { kind: "void" };
}

function refuseRecursion(frame: Frame, tree: FunctionTree, at: Span): void {
  for (let outer: Frame | null = frame; outer !== null; outer = outer.parent) {
    if (outer.tree === tree)
      refuse("E501", at, `${tree.name} calls itself`, "write a bounded loop: for, or loop(count, step, state)");
  }
}

/** A BPF-to-BPF call. One that is given the context may move the packet. */
function invoke(l: Lowering, binding: FunctionBinding, call: Call): Entity {
  const args = expectArgs(l, call, binding.tree.params.length);
  const result = emitInvoke(l, binding, args, call);
  const context = args.find((arg) => arg.kind === "context");
  if (context !== undefined && mayMovePacket(binding.tree.body, binding.scope)) loadPacketBounds(l, context, call.at);
  return result;
}

function emitInvoke(l: Lowering, { tree, scope }: FunctionBinding, args: readonly Entity[], call: Call): Entity {
  const sharedParams = args.map((arg) => arg.kind === "ref" && arg.region.shared);
  const name = l.shared.requestFunction({ tree, scope, role: "function", hiddenParams: 0, sharedParams, at: call.at });
  const values = tree.params.map((param, index) => {
    const arg = args[index];
    if (arg === undefined || param.type === null) throw new Error("requestFunction has checked the parameters");
    return passed(l, arg, scope.resolveType(param.type), param.name, call.args[index] ?? call);
  });
  const result = tree.result === null ? null : scope.resolveType(tree.result);
  const op = { kind: "invoke", name, args: values, bounds: typeBounds(result) } as const;
  switch (result?.kind) {
    case "int":
    case "number":
      return { kind: "int", value: l.emit(op, "int", call.at) };
    case "u64":
      return { kind: "u64", value: l.emit(op, "u64", call.at) };
    case "boolean":
      return { kind: "bool", value: l.emit(op, "bool", call.at) };
    default:
      l.emit(op, "none", call.at);
      return { kind: "void" };
  }
}

/** An argument as it travels in a register. */
function passed(l: Lowering, arg: Entity, type: LanguageType, name: string, tree: Expression) {
  const { at } = tree;
  switch (type.kind) {
    case "int":
    case "number":
      return expectInt(fitType(l, arg, type, name, at), name, at);
    case "u64":
      return expectU64(fitType(l, arg, type, name, at), name, at);
    case "boolean":
      return expectBool(arg, name, at);
    case "context":
      if (arg.kind === "context") return arg.pointer;
      return refuse("E604", at, `${name} takes the context, got ${describe(arg)}`, "pass ctx");
    case "ref": {
      const ref = expectLayout(l, arg, type.layout, name, at);
      return l.offset(ref.base, ref.offset, at);
    }
    case "packet":
    case "void":
      return refuse(
        "E503",
        at,
        `${name} has no type that a register can hold`,
        "integers, booleans, u64, references, the context",
      );
  }
}
