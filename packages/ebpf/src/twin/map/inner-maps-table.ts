/**
 * arrayOfMaps and hashOfMaps: declarations of inner maps by key.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { AnyRef } from "../../language/reference.ts";
import type { OuterTable } from "../../language/runtime.ts";
import { ObjectTable } from "./object-table.ts";

export class InnerMapsTable implements OuterTable {
  readonly maps: ObjectTable<MapDeclaration>;

  constructor(map: MapDeclaration) {
    this.maps = new ObjectTable(map, map.kind === "hashOfMaps");
  }

  lookup(key: AnyRef): MapDeclaration | null {
    return this.maps.get(key);
  }
}
