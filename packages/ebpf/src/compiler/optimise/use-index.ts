/**
 * Who reads a value: kept up to date while jumps are threaded.
 *
 * New uses are entered as they come about. Uses that have ended need not be reported: they are found out when somebody asks.
 */
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { operandsOf } from "../ir/ir.ts";

/** A reader is a value in a block, or with `null` the block's end. */
export interface Use {
  readonly block: Block;
  readonly reader: Value | null;
}

export interface UseIndex {
  usesOf(value: Value): readonly Use[];
  /** True when `test` holds of every use, as it does when there is none. */
  everyUse(value: Value, test: (use: Use) => boolean): boolean;
  /** Enters a value that was added to the graph, or an input that was added to a phi. */
  add(operand: Value, use: Use): void;
}

export function indexUses(fn: IrFunction): UseIndex {
  const uses: (Use[] | undefined)[] = [];
  const add = (operand: Value, use: Use): void => {
    const known = uses[operand.id];
    if (known === undefined) uses[operand.id] = [use];
    else known.push(use);
  };
  for (const block of fn.blocks) {
    for (const values of [block.phis, block.body]) {
      for (const reader of values) for (const operand of operandsOf(reader.op)) add(operand, { block, reader });
    }
    const end = block.end;
    if (end?.kind === "branch") add(end.condition, { block, reader: null });
    else if (end?.kind === "return" && end.value !== null) add(end.value, { block, reader: null });
  }
  return {
    usesOf: (value) => (uses[value.id] ?? []).filter((use) => isRead(use, value)),
    everyUse(value, test) {
      const known = uses[value.id];
      return known === undefined || known.every((use) => test(use) || !isRead(use, value));
    },
    add,
  };
}

/** True when the reader still reads `value`. A use entered twice counts twice, which does no harm. */
function isRead({ block, reader }: Use, value: Value): boolean {
  if (reader !== null) return operandsOf(reader.op).includes(value);
  return block.end?.kind === "branch"
    ? block.end.condition === value
    : block.end?.kind === "return" && block.end.value === value;
}
