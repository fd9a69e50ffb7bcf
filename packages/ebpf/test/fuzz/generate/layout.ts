/**
 * Generated layouts: integers of all widths, vectors and inner layouts, in host and network order.
 */
import type { Random } from "../random.ts";

export type FieldModel = IntegerField | VectorField | InnerField;

export interface IntegerField {
  readonly kind: "int";
  readonly name: string;
  /** As declared: "u16", "raw32". */
  readonly type: string;
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  readonly raw: boolean;
}

export interface VectorField {
  readonly kind: "vector";
  readonly name: string;
  readonly element: IntegerField;
  readonly length: number;
}

export interface InnerField {
  readonly kind: "struct";
  readonly name: string;
  readonly layout: LayoutModel;
}

export interface LayoutModel {
  /** The constant that declares it; `null` for an integer kind used as a key or value. */
  readonly name: string | null;
  readonly order: "host" | "network";
  readonly size: number;
  readonly alignment: number;
  readonly fields: readonly FieldModel[];
}

const KINDS = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "raw16", "raw32"] as const;

export function integerField(name: string, type: string): IntegerField {
  const bits = Number(type.replace(/^\D+/, "")) as IntegerField["bits"];
  return { kind: "int", name, type, bits, signed: type.startsWith("i"), raw: type.startsWith("raw") };
}

/** The layout behind an integer kind that is a key or value: one field, `value`. */
export function scalarLayout(type: string): LayoutModel {
  const field = integerField("value", type);
  return { name: null, order: "host", size: field.bits / 8, alignment: field.bits / 8, fields: [field] };
}

export function sizeOfField(field: FieldModel): number {
  switch (field.kind) {
    case "int":
      return field.bits / 8;
    case "vector":
      return (field.element.bits / 8) * field.length;
    case "struct":
      return field.layout.size;
  }
}

function alignmentOfField(field: FieldModel): number {
  switch (field.kind) {
    case "int":
      return field.bits / 8;
    case "vector":
      return field.element.bits / 8;
    case "struct":
      return field.layout.alignment;
  }
}

/** @param inner layouts that may become fields */
export function generateLayout(
  random: Random,
  name: string,
  order: "host" | "network",
  inner: readonly LayoutModel[],
): LayoutModel {
  const fields: FieldModel[] = [];
  const count = random.between(3, 6);
  for (let index = 0; index < count; index++) fields.push(generateField(random, `f${index}`, order, inner));
  return order === "network" ? packed(name, fields) : aligned(name, fields);
}

function generateField(
  random: Random,
  name: string,
  order: "host" | "network",
  inner: readonly LayoutModel[],
): FieldModel {
  const shape = random.weighted([
    [7, "int"],
    [2, "vector"],
    [inner.length > 0 ? 1 : 0, "struct"],
  ] as const);
  if (shape === "int") return integerField(name, random.pick(KINDS));
  if (shape === "struct") return { kind: "struct", name, layout: random.pick(inner) };
  const element = integerField("", random.pick(order === "host" ? KINDS : (["u8", "u16", "u32"] as const)));
  const length = element.bits === 64 ? 2 : element.bits === 32 ? random.pick([2, 4]) : random.pick([2, 4, 6, 8]);
  return { kind: "vector", name, element, length };
}

function packed(name: string, fields: readonly FieldModel[]): LayoutModel {
  const size = fields.reduce((sum, field) => sum + sizeOfField(field), 0);
  return { name, order: "network", size, alignment: 1, fields };
}

/** Wide fields first, so that only the end needs padding. */
function aligned(name: string, fields: readonly FieldModel[]): LayoutModel {
  const sorted = [...fields].sort((a, b) => alignmentOfField(b) - alignmentOfField(a));
  const alignment = Math.max(...sorted.map(alignmentOfField));
  const placed: FieldModel[] = [];
  let offset = 0;
  let pads = 0;
  const pad = (to: number): void => {
    const missing = (to - (offset % to)) % to;
    if (missing === 0) return;
    placed.push({ kind: "vector", name: `pad${pads++}`, element: integerField("", "u8"), length: missing });
    offset += missing;
  };
  for (const field of sorted) {
    pad(alignmentOfField(field));
    placed.push(field);
    offset += sizeOfField(field);
  }
  pad(alignment);
  return { name, order: "host", size: offset, alignment, fields: placed };
}

/** Layouts made for one purpose: keys, states of loops, arguments. */
export function fixedLayout(name: string, declared: readonly (readonly [name: string, type: string])[]): LayoutModel {
  return aligned(
    name,
    declared.map(([field, type]) => integerField(field, type)),
  );
}

/** The key of a trie: the prefix length and four bytes of address. */
export function prefixLayout(name: string): LayoutModel {
  const address: VectorField = { kind: "vector", name: "address", element: integerField("", "u8"), length: 4 };
  return { name, order: "host", size: 8, alignment: 4, fields: [integerField("prefixLength", "u32"), address] };
}

export function declareLayout({ name, order, size, fields }: LayoutModel): string {
  const list = fields.map((field) => `${field.name}: ${declaredKind(field)}`).join(", ");
  return `export const ${name} = struct({ order: "${order}", size: ${size}, fields: { ${list} } });`;
}

function declaredKind(field: FieldModel): string {
  switch (field.kind) {
    case "int":
      return field.type;
    case "vector":
      return field.element.type === "u8" ? `bytes(${field.length})` : `array(${field.element.type}, ${field.length})`;
    case "struct":
      return field.layout.name ?? "";
  }
}
