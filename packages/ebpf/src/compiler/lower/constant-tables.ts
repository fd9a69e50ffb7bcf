/**
 * The constant tables that programs of one collection read: each becomes a read-only map.
 */
import type { Table } from "../../language/table.ts";

export interface ConstantTable {
  /** Name of the map; unlike the constant's own it is the only one of its kind and fits the kernel's 15 characters. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export class ConstantTables {
  readonly #tables = new Map<Table, ConstantTable>();

  /** The map that holds a table; two constants in two modules may have one name. */
  use(table: Table, constant: string): ConstantTable {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const name = `${constant.slice(0, 10)}.${this.#tables.size}`;
    const added = { name, bytes: tableBytes(table) };
    this.#tables.set(table, added);
    return added;
  }

  get all(): readonly ConstantTable[] {
    return [...this.#tables.values()];
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
