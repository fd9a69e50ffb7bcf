/**
 * Cells: `cell.ref()`. The address is known when the program is loaded, so there is no lookup and no null.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { ExpressionOf } from "../tree.ts";
import { expectArgs } from "./call.ts";
import type { Entity } from "./entity.ts";
import type { Lowering } from "./lowering.ts";
import { valueRegion } from "./region.ts";

export function callCell(l: Lowering, declaration: MapDeclaration, method: string, call: ExpressionOf<"call">): Entity {
  if (method !== "ref") return refuse("E505", call.at, `a cell has no method "${method}"`, "cell.ref()");
  expectArgs(l, call, 0);
  if (declaration.value === null) throw new Error("a cell without a layout");
  l.useMap(declaration, call.at);
  const base = l.emit({ kind: "mapValueAddress", map: declaration.name }, "pointer", call.at);
  return {
    kind: "ref",
    layout: declaration.value,
    base,
    offset: 0,
    region: valueRegion(declaration),
    isNull: null,
  };
}
