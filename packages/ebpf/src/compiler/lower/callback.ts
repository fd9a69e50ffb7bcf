/**
 * Callbacks: module-level functions that a helper calls, `loop(count, step, state)` and `map.forEach(visit, state)`.
 */
import type { Helper } from "../../language/helper.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { Expression } from "../tree.ts";
import type { Lowering } from "./lowering.ts";

/**
 * Requests the callback's function and gives its address.
 *
 * @param sharedParams which of its parameters are references to what other CPUs may write
 */
export function callbackAddress(
  l: Lowering,
  helper: Helper,
  map: MapDeclaration | null,
  sharedParams: readonly boolean[],
  tree: Expression,
): Value {
  const { at } = tree;
  const binding =
    tree.kind === "name" && l.findVariable(tree.name) === null ? l.frame.scope.lookup(tree.name, at) : null;
  if (binding?.kind !== "function") {
    return refuse(
      "E504",
      at,
      `${helper.name} takes a module-level function`,
      "declare the function beside the program and pass its name",
    );
  }
  // The kernel's forEach hands over the map first; the language leaves it out, since the callback knows its map.
  const hiddenParams = map === null ? 0 : 1;
  const wanted = map === null ? 2 : 3;
  if (binding.tree.params.length !== wanted) {
    refuse(
      "E504",
      at,
      `${binding.tree.name} takes ${binding.tree.params.length} parameters, ${wanted} wanted`,
      signature(map),
    );
  }
  const { tree: fn, scope } = binding;
  const name = l.shared.requestFunction({ tree: fn, scope, role: "callback", hiddenParams, sharedParams, at });
  return l.emit({ kind: "functionAddress", name }, "pointer", at);
}

function signature(map: MapDeclaration | null): string {
  return map === null
    ? "(index: u32, state: Ref<typeof State>): 0 | 1"
    : "(key: Ref<typeof Key>, value: Ref<typeof Value>, state: Ref<typeof State>): 0 | 1";
}
