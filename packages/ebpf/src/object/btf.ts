/**
 * Builds the BTF of one program: its types, its functions, and the texts that line information names.
 *
 *     const btf = createBtfBuilder();
 *     const u32 = btf.int("u32", 4, "unsigned");
 *     const key = btf.struct("FlowKey", 8, [
 *       { name: "src", type: u32, bitOffset: 0 },
 *       { name: "dst", type: u32, bitOffset: 32 },
 *     ]);
 *     btf.encode();
 *
 * A type that was built before (same kind, name, size and parts) gives the id it already has.
 */

import { encodeBtf } from "./btf-encode.ts";
import { createStringTable } from "./btf-strings.ts";
import type {
  BtfFunction,
  BtfInteger,
  BtfMember,
  BtfParameter,
  BtfPlacement,
  BtfType,
  BtfVariable,
  TypeId,
} from "./btf-types.ts";

export interface BtfBuilder {
  /** @param size in bytes: 1, 2, 4, 8 or 16 */
  int(name: string, size: number, encoding: BtfInteger["encoding"]): TypeId;
  pointer(target: TypeId): TypeId;
  /** @param index an integer type, by convention a 32-bit one */
  array(element: TypeId, length: number, index: TypeId): TypeId;
  struct(name: string, size: number, members: readonly BtfMember[]): TypeId;
  /** A struct known only by name, for pointers to what is declared elsewhere. */
  forward(name: string): TypeId;
  typedef(name: string, type: TypeId): TypeId;
  functionPrototype(result: TypeId, parameters: readonly BtfParameter[]): TypeId;
  /** What a `func_info` record names. The kernel wants a C identifier. */
  function(name: string, prototype: TypeId, linkage: BtfFunction["linkage"]): TypeId;
  variable(name: string, type: TypeId, linkage: BtfVariable["linkage"]): TypeId;
  dataSection(name: string, size: number, placements: readonly BtfPlacement[]): TypeId;
  /** Any other type. */
  add(type: BtfType): TypeId;
  /** Offset of a text (source line, file name) in the string table, for line information. */
  string(text: string): number;
  /** The types so far; the one with id n is at index n - 1. */
  readonly types: readonly BtfType[];
  /** @returns the bytes for BPF_BTF_LOAD */
  encode(): Uint8Array;
}

export function createBtfBuilder(): BtfBuilder {
  const strings = createStringTable();
  const types: BtfType[] = [];
  const known = new Map<string, TypeId>();

  const add = (type: BtfType): TypeId => {
    const identity = JSON.stringify(type, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
    const before = known.get(identity);
    if (before !== undefined) return before;
    const id = types.push(type);
    known.set(identity, id);
    return id;
  };

  return {
    types,
    add,
    int: (name, size, encoding) => add({ kind: "int", name, size, encoding, bits: size * 8 }),
    pointer: (target) => add({ kind: "ptr", type: target }),
    array: (element, length, index) => add({ kind: "array", element, index, length }),
    struct: (name, size, members) => add({ kind: "struct", name, size, members }),
    forward: (name) => add({ kind: "fwd", name, of: "struct" }),
    typedef: (name, type) => add({ kind: "typedef", name, type }),
    functionPrototype: (result, parameters) => add({ kind: "funcProto", result, parameters }),
    function: (name, prototype, linkage) => add({ kind: "func", name, prototype, linkage }),
    variable: (name, type, linkage) => add({ kind: "var", name, type, linkage }),
    dataSection: (name, size, placements) => add({ kind: "datasec", name, size, placements }),
    string: (text) => strings.offsetOf(text),
    encode: () => encodeBtf(types, strings),
  };
}
