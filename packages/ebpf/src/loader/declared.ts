/**
 * Holds a declaration of the language against a live map, before anybody reads one through the other.
 */
import { mapTypes } from "@weir/linux";
import { MAP_TYPES, type MapDeclaration, type MapKind } from "../language/map/declaration.ts";
import type { KernelMap } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";

/**
 * @param kinds the kinds that the wanted view is for
 * @throws LoaderError "map-of-another-layout"
 */
export function assertDeclared(map: KernelMap, declaration: MapDeclaration, kinds: readonly MapKind[]): void {
  const { kind, name, key, value } = declaration;
  const fail = (why: string, fix: string): never => {
    throw new LoaderError({
      code: "map-of-another-layout",
      what: `Cannot use map ${map.name} by the declaration of ${kind} ${name}`,
      why,
      fix,
    });
  };
  if (!kinds.includes(kind)) {
    fail(`this view is for ${kinds.join(", ")}`, `Take the view for ${kind}.`);
  }
  const { info } = map;
  if (MAP_TYPES[kind].type !== numberOf(info.type)) {
    fail(`the map is a ${info.type}`, "Hand in the declaration that the map was loaded with.");
  }
  const valueSize = kind === "ringBuffer" ? 0 : (value?.size ?? 0);
  const keySize = key?.size ?? 0;
  if (keySize !== info.keySize || valueSize !== info.valueSize) {
    fail(
      `its keys have ${info.keySize} and its values ${info.valueSize} bytes, and those declared ${keySize} and ${valueSize}`,
      "Hand in the declaration that the map was loaded with.",
    );
  }
}

function numberOf(word: string): number | undefined {
  return Object.entries(mapTypes).find(([name]) => name === word)?.[1];
}
