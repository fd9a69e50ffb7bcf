/**
 * Constant pooling: every constant once, at the start of the entry.
 *
 * It costs nothing there, since machine code holds constants in the instructions that read them. Elsewhere a block would seem to
 * compute something that other blocks want, and equal constants would be different values.
 */
import type { IrFunction, Value } from "../ir/ir.ts";
import { replaceUses } from "./graph-edit.ts";

export function poolConstants(fn: IrFunction): void {
  const pool = new Map<string, Value>();
  const replacements = new Map<Value, Value>();
  for (const block of fn.blocks) {
    let kept = 0;
    for (const value of block.body) {
      if (value.op.kind === "const") {
        const key = `${value.type} ${value.op.value}`;
        const pooled = pool.get(key);
        if (pooled === undefined) pool.set(key, value);
        else replacements.set(value, pooled);
      } else {
        block.body[kept] = value;
        kept += 1;
      }
    }
    block.body.length = kept;
  }
  fn.blocks[0]?.body.unshift(...pool.values());
  replaceUses(fn, replacements);
}
