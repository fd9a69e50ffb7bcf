/**
 * The functions that are still called once branches have been decided.
 *
 * The verifier counts functions by the calls it finds: one that nothing calls makes it refuse the whole program.
 */
import type { IrFunction } from "./ir.ts";

/** Those that the first function reaches, in their order. */
export function calledFunctions(functions: readonly IrFunction[]): readonly IrFunction[] {
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const called = new Set<IrFunction>();
  const open = functions.slice(0, 1);
  for (let fn = open.pop(); fn !== undefined; fn = open.pop()) {
    if (called.has(fn)) continue;
    called.add(fn);
    for (const { op } of fn.blocks.flatMap((block) => block.body)) {
      if (op.kind !== "invoke" && op.kind !== "functionAddress") continue;
      const callee = byName.get(op.name);
      if (callee !== undefined) open.push(callee);
    }
  }
  return functions.filter((fn) => called.has(fn));
}
