/**
 * Methods of maps.
 */
import { HELPERS } from "../../language/helper.ts";
import { refuse } from "../diagnostic.ts";
import type { ExpressionOf } from "../tree.ts";
import { constantOf } from "./builder.ts";
import type { Entity, MapEntity } from "./entity.ts";
import { callHelper, findHelper } from "./helper-call.ts";
import type { Lowering } from "./lowering.ts";

export function callMap(l: Lowering, map: MapEntity, method: string, call: ExpressionOf<"call">): Entity {
  const { declaration } = map;
  if (map.isNull !== null && constantOf(map.isNull) !== 0n) {
    return refuse("E402", call.at, "the inner map may be null here", "test it first: if (map === null) return …");
  }
  const helper = findHelper("map", method, (row) => row.maps?.includes(declaration.kind) ?? false);
  if (helper === undefined || !(helper.maps?.includes(declaration.kind) ?? false)) {
    const methods = HELPERS.filter((row) => row.maps?.includes(declaration.kind)).map((row) => row.name);
    return refuse(
      "E601",
      call.at,
      `a ${declaration.kind} map has no method "${method}"`,
      `it has ${methods.join(", ") || "none in programs"}`,
    );
  }
  const pointer = map.pointer ?? l.mapAddress(declaration, call.at);
  return callHelper(l, helper, { context: null, map: { declaration, pointer } }, call);
}
