/**
 * Generated maps, cells and tables.
 */
import type { MapKind } from "../../../src/language/map/declaration.ts";
import type { Random } from "../random.ts";
import type { Integer } from "./expression.ts";
import { fixedLayout, type LayoutModel, prefixLayout, scalarLayout } from "./layout.ts";

export interface MapModel {
  readonly name: string;
  readonly kind: MapKind;
  /** Layout of the key; `null` for queues and stacks. */
  readonly key: LayoutModel | null;
  readonly value: LayoutModel;
  readonly maxEntries: number;
  readonly preallocate: boolean;
  readonly inner: MapModel | null;
  readonly isCell: boolean;
}

export interface TableModel {
  readonly name: string;
  readonly length: number;
  /** Of any element. */
  readonly element: Integer;
  readonly is64: boolean;
}

/** Keys are drawn from few values, so that later packets meet what earlier ones left. */
export const KEY_BITS = 2;

export function isShared({ kind }: MapModel): boolean {
  return kind !== "percpuArray" && kind !== "percpuHash";
}

export function isQueue({ kind }: MapModel): boolean {
  return kind === "queue" || kind === "stack";
}

export function isMapOfMaps({ kind }: MapModel): boolean {
  return kind === "arrayOfMaps" || kind === "hashOfMaps";
}

export function canForget({ kind }: MapModel): boolean {
  return kind === "hash" || kind === "lruHash" || kind === "percpuHash" || kind === "lpmTrie";
}

export class MapGenerator {
  readonly #random: Random;
  /** Layouts that values may have. */
  readonly #values: readonly LayoutModel[];
  readonly keys: readonly LayoutModel[];
  readonly prefix: LayoutModel = prefixLayout("Prefix");

  constructor(random: Random, values: readonly LayoutModel[]) {
    this.#random = random;
    this.#values = values;
    this.keys = [
      fixedLayout("KeyA", [
        ["a", "u16"],
        ["b", "u8"],
      ]),
      fixedLayout("KeyB", [
        ["a", "u64"],
        ["b", "u32"],
      ]),
    ];
  }

  generate(name: string, kind: MapKind): MapModel {
    const random = this.#random;
    const plain = { name, kind, preallocate: true, inner: null, isCell: false };
    switch (kind) {
      case "array":
      case "percpuArray":
        return { ...plain, key: scalarLayout("u32"), value: this.#value(), maxEntries: random.between(1, 5) };
      case "lpmTrie":
        return { ...plain, key: this.prefix, value: this.#value(), maxEntries: random.pick([2, 8]) };
      case "queue":
      case "stack":
        return { ...plain, key: null, value: random.pick(this.#values), maxEntries: random.between(1, 4) };
      case "arrayOfMaps":
      case "hashOfMaps": {
        const inner = this.generate(`${name}i`, random.pick(["array", "hash"] as const));
        const key = kind === "arrayOfMaps" ? scalarLayout("u32") : this.#key();
        return { ...plain, key, value: inner.value, maxEntries: 4, inner };
      }
      case "lruHash":
        return { ...plain, key: this.#key(), value: this.#value(), maxEntries: 1024 };
      default: {
        const preallocate = random.chance(0.7);
        return { ...plain, key: this.#key(), value: this.#value(), maxEntries: random.pick([2, 3, 16]), preallocate };
      }
    }
  }

  cell(name: string): MapModel {
    const value = this.#random.pick(this.#values);
    const key = scalarLayout("u32");
    return { name, kind: "array", key, value, maxEntries: 1, preallocate: true, inner: null, isCell: true };
  }

  #key(): LayoutModel {
    const random = this.#random;
    return random.chance(0.5) ? random.pick(this.keys) : scalarLayout(random.pick(["u8", "u16", "u32", "u64"]));
  }

  #value(): LayoutModel {
    const random = this.#random;
    return random.chance(0.7) ? random.pick(this.#values) : scalarLayout(random.pick(["u32", "u64", "u16", "i32"]));
  }
}

export function declareMap(map: MapModel): string[] {
  const { name, kind, value, maxEntries, preallocate, inner, isCell } = map;
  if (isCell) return [`export const ${name} = cell("${name}", ${kindText(value)});`];
  const before = inner === null ? [] : declareMap(inner);
  const options = [
    ...(map.key !== null && kind !== "array" && kind !== "percpuArray" && kind !== "arrayOfMaps"
      ? [`key: ${kindText(map.key)}`]
      : []),
    inner === null ? `value: ${kindText(value)}` : `inner: ${inner.name}`,
    `maxEntries: ${maxEntries}`,
    ...(preallocate ? [] : ["preallocate: false"]),
  ];
  return [...before, `export const ${name} = ${kind}("${name}", { ${options.join(", ")} });`];
}

function kindText(layout: LayoutModel): string {
  const [field] = layout.fields;
  return layout.name ?? (field?.kind === "int" ? field.type : "");
}
