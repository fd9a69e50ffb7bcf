/**
 * BTF for layouts: what makes `bpftool map dump` print field names and lets a loader compare layouts.
 */
import type { Kind } from "../../language/kind.ts";
import type { AnyLayout, Order } from "../../language/layout.ts";
import type { BtfBuilder } from "../../object/btf.ts";
import type { TypeId } from "../../object/btf-types.ts";

/** How the bytes of an integer are meant. The kernel sees no difference; a loader that compares layouts does. */
type ByteOrder = "little" | "big" | "raw";

/** Kernel spellings, so that tools show what their users know: `__u32`, `__s8`, `__be16`; words that are raw are `__raw32`. */
function integerName(bits: number, signed: boolean, order: ByteOrder): string {
  if (bits === 8 || order === "little") return `__${signed ? "s" : "u"}${bits}`;
  return `__${order === "raw" ? "raw" : "be"}${bits}`;
}

export class LayoutTypes {
  readonly #btf: BtfBuilder;
  readonly #names: ReadonlyMap<AnyLayout, string>;
  readonly #known = new Map<AnyLayout, TypeId>();

  /** @param names the constants that layouts were declared as */
  constructor(btf: BtfBuilder, names: ReadonlyMap<AnyLayout, string>) {
    this.#btf = btf;
    this.#names = names;
  }

  int(bits: number, signed: boolean, order: ByteOrder = "little"): TypeId {
    return this.#btf.int(integerName(bits, signed, order), bits / 8, signed ? "signed" : "unsigned");
  }

  /** The type of a layout; of one that only wraps an integer, that integer. */
  layout(layout: AnyLayout): TypeId {
    const { scalar } = layout;
    if (scalar !== null) return this.int(scalar.bits, scalar.signed);
    const known = this.#known.get(layout);
    if (known !== undefined) return known;
    const members = layout.fields.map((field) => ({
      name: field.name,
      type: this.#kind(field.kind, layout.order),
      bitOffset: field.offset * 8,
    }));
    const id = this.#btf.struct(this.#names.get(layout) ?? "layout", layout.size, members);
    this.#known.set(layout, id);
    return id;
  }

  #kind(kind: Kind, order: Order): TypeId {
    switch (kind.kind) {
      case "int":
        return this.int(kind.bits, kind.signed, kind.raw ? "raw" : order === "network" ? "big" : "little");
      case "vector":
        return this.#btf.array(this.#kind(kind.element, order), kind.length, this.int(32, false));
      case "struct":
        return this.layout(kind.layout);
    }
  }
}
