/**
 * The typed view of a cell: one value that is always there.
 */
import type { AnyLayout } from "../language/layout.ts";
import type { Cell } from "../language/map/keyed.ts";
import type { Codec } from "./codec.ts";
import { assertDeclared } from "./declared.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { Plain, PlainInit } from "./plain.ts";
import { valueCodec } from "./typed-map.ts";

export class TypedCell<Value, ValueInit> {
  readonly map: KernelMap;
  readonly #value: Codec<Value, ValueInit>;

  constructor(map: KernelMap, value: Codec<Value, ValueInit>) {
    this.map = map;
    this.#value = value;
  }

  read(): Value {
    const bytes = this.map.lookup(FIRST);
    if (bytes === undefined) throw new Error(`Map ${this.map.name} is no cell: it has no element 0.`);
    return this.#value.decode(bytes);
  }

  /** Replaces the whole value. It is no atomic store: a program may see some fields new and others old. */
  write(value: ValueInit): void {
    this.map.update(FIRST, this.#value.encode(value));
  }
}

const FIRST = new Uint8Array(4);

export function typedCell<L extends AnyLayout>(
  map: KernelMap,
  declaration: Cell<L>,
): TypedCell<Plain<L>, PlainInit<L>> {
  assertDeclared(map, declaration, ["array"]);
  return new TypedCell(map, valueCodec<L>(declaration));
}
