/**
 * Calls: who is called decides how.
 *
 * A module-level function is inlined; one marked `noinline` is called; methods of layouts, maps, vectors, tables, cells and the context,
 * and the functions of the language itself, each have a file that lowers them.
 */
import { refuse } from "../diagnostic.ts";
import type { Binding, LanguageType } from "../resolve/program.ts";
import type { Expression, ExpressionOf, FunctionTree, Span } from "../tree.ts";
import { assignedNames } from "./assigned.ts";
import { callCell } from "./cell-call.ts";
import { callContextMethod } from "./context.ts";
import { toInt, toU64 } from "./conversion.ts";
import { fitType } from "./declared-type.ts";
import { describe, type Entity } from "./entity.ts";
import { forgetNewer } from "./environment.ts";
import { expectInt, expectU64 } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import { callIntrinsic, callMath } from "./intrinsic.ts";
import { invoke } from "./invoke.ts";
import type { Frame, Lowering } from "./lowering.ts";
import { callLayout } from "./make.ts";
import { callMap } from "./map-call.ts";
import { asVariable, mergeResults } from "./reference.ts";

import { lowerStatements } from "./statement.ts";
import { callTable } from "./table-call.ts";
import { callVector } from "./vector-call.ts";

type Call = ExpressionOf<"call">;
type FunctionBinding = Extract<Binding, { readonly kind: "function" }>;

export function lowerCall(l: Lowering, call: Call): Entity {
  const { callee } = call;
  if (callee.kind === "name") return callName(l, callee, call);
  if (callee.kind !== "member")
    return refuse("E505", callee.at, "this cannot be called", "call a function or a method by its name");
  if (isMath(l, callee.object)) return callMath(l, callee.property, call);
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

/** `Math` is a name like any other: a variable or a constant may take it. */
function isMath(l: Lowering, object: Expression): boolean {
  if (object.kind !== "name" || l.findVariable(object.name) !== null) return false;
  const binding = l.frame.scope.lookup(object.name, object.at);
  return binding.kind === "intrinsic" && binding.name === "Math";
}

function callName(l: Lowering, callee: ExpressionOf<"name">, call: Call): Entity {
  const { name, at } = callee;
  const binding = l.findVariable(name) === null ? l.frame.scope.lookup(name, at) : null;
  switch (binding?.kind) {
    case "function":
      return binding.noinline ? invoke(l, binding, call) : inline(l, binding, lowerArgs(l, call), call.at);
    case "intrinsic":
      if (binding.name === "Number" || binding.name === "BigInt") return convert(l, binding.name, call);
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
    l.declare(param.name, mutable, type, mutable ? asVariable(l, fitted, type, param.name, at) : fitted);
  });
  lowerStatements(l, tree.body);
  if (l.cursor !== null) l.frame.returns.push({ edge: l.cursor, entity: endOfFunction(tree, result) });
  const { returns } = l.frame;
  l.frame = caller;
  if (returns.length === 0) refuseEndless(tree);
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

export function refuseEndless({ name, at }: FunctionTree): never {
  const write = "leave the loop with break or return: the kernel wants every loop bounded";
  return refuse("E507", at, `${name} never ends`, write);
}

function refuseRecursion(frame: Frame, tree: FunctionTree, at: Span): void {
  for (let outer: Frame | null = frame; outer !== null; outer = outer.parent) {
    if (outer.tree === tree) refuseSelfCall(tree, at);
  }
}

export function refuseSelfCall({ name }: FunctionTree, at: Span): never {
  return refuse("E501", at, `${name} calls itself`, "write a bounded loop: for, or loop(count, step, state)");
}
