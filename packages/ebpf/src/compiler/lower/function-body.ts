/**
 * The body of a function that is not inlined: every return of the source becomes the one return at its end.
 */
import type { LanguageType, ModuleScope } from "../resolve/program.ts";
import type { FunctionTree } from "../tree.ts";
import { terminate } from "./builder.ts";
import { isScalar } from "./entity.ts";
import { endOfFunction, refuseEndless } from "./inline.ts";
import type { Frame, Lowering, Return } from "./lowering.ts";
import { mergeResults } from "./reference.ts";
import { lowerStatements } from "./statement.ts";

export function outermostFrame(tree: FunctionTree, scope: ModuleScope, result: LanguageType): Frame {
  return { tree, scope, parent: null, result, names: [new Map()], returns: [], jumps: [] };
}

/**
 * Lowers the body from the cursor on. Parameters are declared.
 *
 * @param early ways that end before the body begins
 */
export function lowerBody(l: Lowering, tree: FunctionTree, early: readonly Return[] = []): void {
  lowerStatements(l, tree.body);
  if (l.cursor !== null) l.frame.returns.push({ edge: l.cursor, entity: endOfFunction(tree, l.frame.result) });
  const { returns } = l.frame;
  if (returns.length === 0) refuseEndless(tree);
  returns.push(...early);
  for (const { edge } of returns) edge.env.variables.clear();
  const result = mergeResults(l, returns, tree.at);
  // The kernel wants r0 set on every exit, whether anybody looks at it or not.
  const value = isScalar(result) ? result.value : l.int(0, tree.at);
  terminate(l.here.block, { kind: "return", value, at: tree.at });
}
