/** Entry points: the exported functions of the entry module that take a context and nothing else. */
import { refuse } from "../diagnostic.ts";
import type { FunctionTree } from "../tree.ts";
import type { EntryPoint, ModuleScope } from "./program.ts";

/** @throws CompileError with rule E211 when the module has none */
export function findEntryPoints(scope: ModuleScope): readonly EntryPoint[] {
  const found = scope.tree.functions.filter(({ exported }) => exported).flatMap((tree) => asEntryPoint(scope, tree));
  if (found.length > 0) return found;
  const at = { source: scope.tree.source, start: 0, end: 0 };
  return refuse("E211", at, "the module has no program", "export function name(ctx: Xdp): number { … }");
}

/** A function that gives anything else than a number, a parsed header for instance, is a helper that others import. */
function asEntryPoint(scope: ModuleScope, tree: FunctionTree): readonly EntryPoint[] {
  const [param, ...others] = tree.params;
  if (param === undefined || param.type === null || others.length > 0) return [];
  const context = scope.resolveType(param.type);
  const result = tree.result === null ? null : scope.resolveType(tree.result);
  const givesNumber = result === null || result.kind === "number" || result.kind === "int";
  if (context.kind !== "context" || !givesNumber) return [];
  return [{ name: tree.name, kind: context.program, tree, scope, args: context.args }];
}
