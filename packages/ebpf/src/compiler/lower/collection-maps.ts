/**
 * The maps that the programs of one collection share: declared ones, and read-only ones that hold constant tables.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { Table } from "../../language/table.ts";
import { refuse } from "../diagnostic.ts";
import type { Span } from "../tree.ts";

export interface ConstantTable {
  /** Name of the map; unlike the constant's own it is the only one of its kind and fits the kernel's 15 characters. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export class CollectionMaps {
  readonly #declared = new Map<string, MapDeclaration>();
  readonly #tables = new Map<Table, ConstantTable>();

  /** In order of first use. */
  get declared(): readonly MapDeclaration[] {
    return [...this.#declared.values()];
  }

  get tables(): readonly ConstantTable[] {
    return [...this.#tables.values()];
  }

  /** @throws CompileError when another map of this name is used in any of the programs */
  use(declaration: MapDeclaration, at: Span): void {
    const { name } = declaration;
    const known = this.#declared.get(name);
    if (known !== undefined && known !== declaration)
      refuse("E606", at, `two maps have the name "${name}"`, "give each map a name of its own: it is its pin");
    this.#declared.set(name, declaration);
  }

  /** The map that holds a table; two constants in two modules may have one name. */
  useTable(table: Table, constant: string): ConstantTable {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    // A declared map has no dot in its name.
    const name = `${constant.slice(0, 10)}.${this.#tables.size}`;
    const added = { name, bytes: tableBytes(table) };
    this.#tables.set(table, added);
    return added;
  }
}

/** The table as it lies in memory, little-endian. */
function tableBytes({ kind, values }: Table): Uint8Array {
  const size = kind.bits / 8;
  const bytes = new Uint8Array(values.length * size);
  values.forEach((value, index) => {
    let rest = BigInt.asUintN(kind.bits, BigInt(value));
    for (let byte = 0; byte < size; byte++) {
      bytes[index * size + byte] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  });
  return bytes;
}
