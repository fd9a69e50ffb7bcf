/**
 * A keyed table as tests and tools see it: besides what programs may do, its elements can be found and listed.
 */
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { AnyRef } from "../../language/reference.ts";
import type { KeyedTable } from "../../language/runtime.ts";
import type { ElementStore } from "./element-store.ts";

export interface SearchableTable extends KeyedTable {
  /** Elements that are there. */
  readonly size: number;
  readonly values: ElementStore;
  /** The element's number, or -1. Unlike a program's lookup it leaves the order of use alone. */
  find(key: AnyRef): number;
  /** Keys and element numbers, in no particular order. */
  elements(): Iterable<readonly [key: AnyRef, element: number]>;
}

/** The layouts of a keyed map. */
export interface Layouts {
  readonly key: AnyLayout;
  readonly value: AnyLayout;
}

/** The layouts of a declaration that must have both. */
export function layoutsOf(map: MapDeclaration): Layouts {
  const { key, value } = map;
  if (key === null || value === null) throw new Error(`Map ${map.name} (${map.kind}) has no key and value layouts.`);
  return { key, value };
}
