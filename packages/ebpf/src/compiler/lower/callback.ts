/**
 * Callbacks: module-level functions that a helper calls, `loop(count, step, state)` and `map.forEach(visit, state)`.
 *
 * The kernel decides what they are passed and what they may answer, so their signature is checked as if it were the helper's own.
 */
import type { Helper } from "../../language/helper.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { BindingOf, LanguageType } from "../resolve/program.ts";
import type { Span } from "../tree.ts";
import type { Entity, RefEntity } from "./entity.ts";
import type { Lowering } from "./lowering.ts";
import { OWN_MAP_REGION, type PassedMemory, passedMemory, valueRegion } from "./region.ts";

/** What the kernel passes: a round's number, or a reference. */
type Passed = "index" | { readonly layout: AnyLayout; readonly memory: PassedMemory };

/**
 * Requests the callback's function and gives its address.
 *
 * @param map the map whose elements are visited; `null` for a plain loop
 */
export function callbackAddress(
  l: Lowering,
  helper: Helper,
  map: MapDeclaration | null,
  state: RefEntity,
  callback: Entity,
  at: Span,
): Value {
  if (callback.kind !== "static" || callback.binding.kind !== "function") {
    const write = "declare the function beside the program and pass its name";
    return refuse("E504", at, `${helper.name} takes a module-level function`, write);
  }
  const { binding } = callback;
  const passed = [...passedBefore(map), { layout: state.layout, memory: passedMemory(state) }];
  checkSignature(binding, passed, map, at);
  const memory = passed.map((each) => (each === "index" ? null : each.memory));
  // The kernel's forEach hands over the map first; the language leaves it out, since the callback knows its map.
  const hiddenParams = map === null ? 0 : 1;
  const { tree, scope } = binding;
  const name = l.shared.requestFunction({ tree, scope, role: "callback", hiddenParams, memory, at });
  return l.emit({ kind: "functionAddress", name }, "pointer", at);
}

function passedBefore(map: MapDeclaration | null): readonly Passed[] {
  if (map === null) return ["index"];
  const { key, value } = map;
  if (key === null || value === null) throw new Error(`map ${map.name} has no elements to visit`);
  return [
    { layout: key, memory: passedMemory({ region: OWN_MAP_REGION, offset: 0 }) },
    { layout: value, memory: passedMemory({ region: valueRegion(map), offset: 0 }) },
  ];
}

function checkSignature(
  { tree, scope }: BindingOf<"function">,
  passed: readonly Passed[],
  map: MapDeclaration | null,
  at: Span,
): void {
  const refuseIt = (got: string): never => refuse("E504", at, got, signature(map));
  if (tree.params.length !== passed.length)
    refuseIt(`${tree.name} takes ${tree.params.length} parameters, ${passed.length} wanted`);
  tree.params.forEach(({ name, type }, index) => {
    const wanted = passed[index];
    const declared = type === null ? null : scope.resolveType(type);
    if (wanted !== undefined && !takes(declared, wanted)) refuseIt(`"${name}" of ${tree.name} has another type`);
  });
  const result = tree.result === null ? null : scope.resolveType(tree.result);
  if (result?.kind !== "int" || result.bits !== 1) refuseIt(`${tree.name} does not give 0 | 1`);
}

/** A narrower type than the kernel's would be a promise that nobody has checked. */
function takes(declared: LanguageType | null, passed: Passed): boolean {
  if (passed !== "index") return declared?.kind === "ref" && declared.layout === passed.layout;
  return declared?.kind === "number" || (declared?.kind === "int" && declared.bits === 32 && !declared.signed);
}

function signature(map: MapDeclaration | null): string {
  return map === null
    ? "(index: u32, state: Ref<typeof State>): 0 | 1"
    : "(key: Ref<typeof Key>, value: Ref<typeof Value>, state: Ref<typeof State>): 0 | 1";
}
