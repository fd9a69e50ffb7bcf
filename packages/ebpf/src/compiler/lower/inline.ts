/**
 * Inlined calls: the body of a function in place of its call. Which calls end, and which do not come back.
 */
import { refuse } from "../diagnostic.ts";
import type { BindingOf, LanguageType } from "../resolve/program.ts";
import type { ExpressionOf, FunctionTree, Span } from "../tree.ts";
import { assignedNames } from "./assigned.ts";
import { expectArgs } from "./call.ts";
import { fitType } from "./declared-type.ts";
import type { Entity } from "./entity.ts";
import { forgetNewer } from "./environment.ts";
import type { Frame, Lowering } from "./lowering.ts";
import { asVariable, mergeResults } from "./reference.ts";
import { lowerStatements } from "./statement.ts";

/** The kernel takes a million instructions, and nobody means to write that many. */
const MOST_VALUES = 300_000;

export function inline(l: Lowering, { tree, scope }: BindingOf<"function">, call: ExpressionOf<"call">): Entity {
  const { at } = call;
  refuseRecursion(l.frame, tree, at);
  refuseExplosion(l, tree, at);
  const args = expectArgs(l, call, tree.params.length);
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
    const place = call.args[index]?.at ?? at;
    const fitted = fitType(l, arg, type, param.name, place);
    l.declare(param.name, mutable, type, mutable ? asVariable(l, fitted, type, param.name, place) : fitted);
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

/** A function that calls another twice, which calls another twice … doubles with each. */
function refuseExplosion({ fn }: Lowering, { name }: FunctionTree, at: Span): void {
  if (fn.nextValue <= MOST_VALUES) return;
  const got = `${fn.name} has grown beyond ${MOST_VALUES} operations, and ${name} would be inlined once more`;
  refuse("E508", at, got, "mark functions that are called from many places noinline");
}

export function refuseSelfCall({ name }: FunctionTree, at: Span): never {
  return refuse("E501", at, `${name} calls itself`, "write a bounded loop: for, or loop(count, step, state)");
}
