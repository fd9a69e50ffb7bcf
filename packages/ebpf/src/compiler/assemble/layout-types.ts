/**
 * BTF for layouts: what makes `bpftool map dump` print field names and lets a loader compare layouts.
 */
import type { Kind } from "../../language/kind.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { BtfBuilder } from "../../object/btf.ts";
import type { TypeId } from "../../object/btf-types.ts";

/** Kernel spellings, so that tools show what their users know. */
const INTEGER_NAMES: Readonly<Record<string, string>> = {
  u8: "__u8",
  u16: "__u16",
  u32: "__u32",
  u64: "__u64",
  i8: "__s8",
  i16: "__s16",
  i32: "__s32",
};

export class LayoutTypes {
  readonly #btf: BtfBuilder;
  readonly #names: ReadonlyMap<AnyLayout, string>;
  readonly #known = new Map<AnyLayout, TypeId>();

  /** @param names the constants that layouts were declared as */
  constructor(btf: BtfBuilder, names: ReadonlyMap<AnyLayout, string>) {
    this.#btf = btf;
    this.#names = names;
  }

  int(bits: number, signed: boolean): TypeId {
    const name = INTEGER_NAMES[`${signed ? "i" : "u"}${bits}`];
    if (name === undefined) throw new Error(`no integer of ${bits} bits`);
    return this.#btf.int(name, bits / 8, signed ? "signed" : "unsigned");
  }

  /** The type of a layout; of one that only wraps an integer, that integer. */
  layout(layout: AnyLayout): TypeId {
    const { scalar } = layout;
    if (scalar !== null) return this.int(scalar.bits, scalar.signed);
    const known = this.#known.get(layout);
    if (known !== undefined) return known;
    const members = layout.fields.map((field) => ({
      name: field.name,
      type: this.#kind(field.kind),
      bitOffset: field.offset * 8,
    }));
    const id = this.#btf.struct(this.#names.get(layout) ?? "layout", layout.size, members);
    this.#known.set(layout, id);
    return id;
  }

  #kind(kind: Kind): TypeId {
    switch (kind.kind) {
      case "int":
        return this.int(kind.bits, kind.signed);
      case "vector":
        return this.#btf.array(this.#kind(kind.element), kind.length, this.int(32, false));
      case "struct":
        return this.layout(kind.layout);
    }
  }
}
