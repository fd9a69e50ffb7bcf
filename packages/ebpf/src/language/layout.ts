/**
 * Layouts: how the bytes of a header, a key or a value are divided, declared once.
 *
 * Reader, writer, TypeScript type, compiler offsets, BTF and map sizes all come from the one declaration.
 */
import { compileReference, type ReferenceMaker } from "./accessor.ts";
import type { IntegerKind } from "./integer.ts";
import { alignmentOf, describeKind, listedKind, sizeOf } from "./kind.ts";
import type { Memory } from "./memory.ts";
import type { AnyRef, Fields, Init, KeyKind, Ref } from "./reference.ts";
import type { AnyLayout, Field, Order } from "./shape.ts";

export type { AnyLayout, Field, Order } from "./shape.ts";

/** A layout whose fields the types know. */
export interface Layout<Declared extends Fields = Fields> extends AnyLayout {
  readonly declared: Declared;
  /** A zeroed instance on the stack, with the named fields set. */
  make(init?: Init<Declared>): Ref<Layout<Declared>>;
}

export interface StructDeclaration<Declared extends Fields> {
  /** Default `"host"`. */
  readonly order?: Order;
  /** In bytes: the sum of the fields, said again so that a slip is seen. */
  readonly size: number;
  readonly source?: string;
  /** In order. Padding is a field like any other and must be named. */
  readonly fields: Declared;
}

/**
 * Declares a layout.
 *
 * @throws when the fields do not add up to `size`, when a field of a host-order layout is misaligned, or when a name
 *   cannot be a property of a reference
 */
export function struct<const Declared extends Fields>(declaration: StructDeclaration<Declared>): Layout<Declared> {
  const { order = "host", size, source = "", fields: declared } = declaration;
  return layoutOf(declared, placeFields(declared, order, size), order, size, source, null);
}

/** The layout of a key or value: itself, or one field `value` for an integer kind. */
export function keyLayout(kind: KeyKind): AnyLayout {
  if (!("kind" in kind)) return kind;
  const known = scalars.get(kind);
  if (known !== undefined) return known;
  const size = sizeOf(kind);
  const layout = layoutOf({ value: kind }, [{ name: "value", kind, offset: 0, size }], "host", size, "", kind);
  scalars.set(kind, layout);
  return layout;
}

const scalars = new Map<IntegerKind, AnyLayout>();

function layoutOf<Declared extends Fields>(
  declared: Declared,
  fields: readonly Field[],
  order: Order,
  size: number,
  source: string,
  scalar: IntegerKind | null,
): Layout<Declared> {
  const alignment = order === "network" ? 1 : Math.max(1, ...fields.map(({ kind }) => alignmentOf(kind)));
  if (size % alignment !== 0) {
    throw new Error(
      `Cannot declare a layout of ${size} bytes: its fields are aligned to ${alignment} bytes, so its size is a multiple of ${alignment}. Add ${alignment - (size % alignment)} bytes of padding as a named field at the end.`,
    );
  }
  const shape = { order, size, alignment, source, fields, declared, scalar };
  // The class is made when the first reference is: a compiler reads layouts and never makes one.
  let made: ReferenceMaker | null = null;
  const maker = (): ReferenceMaker => {
    made ??= compileReference(layout);
    layout.reference = made.reference;
    layout.make = made.make as typeof layout.make;
    return made;
  };
  const layout = {
    ...shape,
    reference: (memory: Memory, at: number): AnyRef => maker().reference(memory, at),
    make: (init?: Init<Declared>): Ref<Layout<Declared>> => maker().make(init) as Ref<Layout<Declared>>,
  };
  return layout;
}

function placeFields(declared: Fields, order: Order, size: number): readonly Field[] {
  const fields: Field[] = [];
  let offset = 0;
  for (const [name, declaredKind] of Object.entries(declared)) {
    checkFieldName(name);
    const kind = listedKind(declaredKind);
    const alignment = order === "network" ? 1 : alignmentOf(kind);
    if (offset % alignment !== 0) {
      throw new Error(
        `Cannot place ${name}: ${describeKind(kind)} at offset ${offset} of a host-order layout: it is aligned to ${alignment} bytes. Put a padding field of ${alignment - (offset % alignment)} bytes before it, or order the fields from wide to narrow.`,
      );
    }
    fields.push({ name, kind, offset, size: sizeOf(kind) });
    offset += sizeOf(kind);
  }
  if (fields.length === 0)
    throw new Error("Cannot declare a layout without fields: it would have no bytes. Name at least one field.");
  if (offset !== size) {
    const listing = fields.map((field) => `${field.offset} ${field.name}: ${describeKind(field.kind)}`).join(", ");
    throw new Error(
      `Cannot declare a layout of ${size} bytes: its fields add up to ${offset} (${listing}). Correct the size, or name the missing padding.`,
    );
  }
  return fields;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED = new Set(["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"]);

function checkFieldName(name: string): void {
  if (IDENTIFIER.test(name) && !RESERVED.has(name)) return;
  throw new Error(
    `Cannot name a field "${name}": a field's name is made of letters, digits and _ and is not one that JavaScript objects already have. Choose another name.`,
  );
}
