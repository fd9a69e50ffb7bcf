/**
 * Dead code elimination: what neither has an effect nor is read by anything that matters is dropped.
 *
 * Loads and pure helpers go too when nobody reads them; stores, atomics and all other calls stay. The life of a stack object begins
 * only where something still uses it.
 */
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { isPure, operandsOf } from "../ir/ir.ts";

export function removeDeadValues(fn: IrFunction): void {
  const live = findLiveValues(fn);
  const usedSlots = new Set<number>();
  for (const { op } of live) if (op.kind === "slotAddress" || op.kind === "slotStart") usedSlots.add(op.slot);
  const isKept = (value: Value): boolean =>
    live.has(value) || (value.op.kind === "slotStart" && usedSlots.has(value.op.slot));
  for (const block of fn.blocks) {
    block.phis = block.phis.filter(isKept);
    block.body = block.body.filter(isKept);
  }
}

/** Marks from what must happen to everything that it reads. Phis that only feed each other are never reached. */
function findLiveValues(fn: IrFunction): ReadonlySet<Value> {
  const live = new Set<Value>();
  const waiting: Value[] = [];
  const mark = (value: Value): void => {
    if (live.has(value)) return;
    live.add(value);
    waiting.push(value);
  };
  for (const block of fn.blocks) {
    for (const value of block.body) if (mustHappen(value)) mark(value);
    const read = readByEnd(block);
    if (read !== null) mark(read);
  }
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    for (const operand of operandsOf(value.op)) mark(operand);
  }
  return live;
}

function mustHappen({ op }: Value): boolean {
  if (op.kind === "load" || op.kind === "slotStart") return false;
  return !isPure(op) && !(op.kind === "helper" && op.pure);
}

function readByEnd(block: Block): Value | null {
  if (block.end?.kind === "branch") return block.end.condition;
  return block.end?.kind === "return" ? block.end.value : null;
}
