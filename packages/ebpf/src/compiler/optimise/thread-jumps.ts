/**
 * Jump threading: a way into a block that already decides the block's branch goes straight to where the branch would send it.
 *
 * ```
 * b1: jump b3                          b1: jump b4
 * b2: jump b3                          b2: jump b3
 * b3: from b1 b2                       b3: from b2
 *   v5 = phi null v4                     v5 = phi v4
 *   branch v5 == null  b4 else b5        branch v5 == null  b4 else b5
 * ```
 *
 * Inlined functions that return null, true or false in several places come out like this, and so do two tests of one condition. The
 * block that is skipped may compute nothing that others need; its phis, which no longer reach everything they reached, are merged
 * again where both ways meet.
 */
import { reversePostOrder } from "../ir/dominators.ts";
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { isPure, mapOperands, successorsOf } from "../ir/ir.ts";
import { isSingle } from "../ranges/interval.ts";
import type { PlainValue } from "../ranges/transfer.ts";
import { rangeOf } from "../ranges/transfer.ts";
import { inputsOf, newBlock, removeBlocks, removePredecessor } from "./graph-edit.ts";
import { mergeAgain } from "./merge-again.ts";
import type { UseIndex } from "./use-index.ts";
import { indexUses } from "./use-index.ts";

/** A longer block is not a mere decision, and is not tried out for each of its predecessors. */
const LONGEST_DECISION = 16;

/** How far back a way is followed to a branch on the same condition. */
const LONGEST_WAY = 16;

/** A way that will skip a block: from `pred` straight to `target`, bringing what each phi of the block would have been. */
interface Shortcut {
  readonly pred: Block;
  readonly target: Block;
  readonly brings: ReadonlyMap<Value, Value>;
}

export function threadJumps(fn: IrFunction): void {
  const uses = indexUses(fn);
  const isLoopHeader = findLoopHeaders(fn);
  const waiting = [...fn.blocks];
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    // Going around a loop's header would give the loop a second entry.
    if (!mergesWays(block) || isLoopHeader.has(block) || !decidesOnly(block, uses)) continue;
    const shortcuts = findShortcuts(block, isLoopHeader, uses);
    if (shortcuts.length === 0) continue;
    takeShortcuts(fn, block, shortcuts, uses);
    waiting.push(...new Set(shortcuts.map(({ target }) => target)));
  }
}

function findLoopHeaders(fn: IrFunction): ReadonlySet<Block> {
  const passed = new Set<Block>();
  const headers = new Set<Block>();
  for (const block of reversePostOrder(fn)) {
    passed.add(block);
    for (const successor of successorsOf(block.end)) if (passed.has(successor)) headers.add(successor);
  }
  return headers;
}

/** True for a block at whose start several ways meet, and at whose end they may part again or meet others. */
function mergesWays(block: Block): boolean {
  if (block.preds.length < 2 || block.end === null) return false;
  return block.end.kind === "branch" || (block.end.kind === "jump" && block.phis.length > 0 && block.body.length === 0);
}

/** True when nothing that the block's body computes is wanted elsewhere, so that it may be skipped. */
function decidesOnly(block: Block, uses: UseIndex): boolean {
  const { body } = block;
  if (body.length > LONGEST_DECISION || !body.every(({ op }) => isPure(op))) return false;
  return body.every((value) => uses.everyUse(value, (use) => use.block === block));
}

function findShortcuts(block: Block, isLoopHeader: ReadonlySet<Block>, uses: UseIndex): Shortcut[] {
  const shortcuts: Shortcut[] = [];
  const passesOn = passesPhisOn(block, isLoopHeader, uses);
  for (const [index, pred] of block.preds.entries()) {
    const target = passesOn ?? decidedTarget(block, index);
    if (target === null) continue;
    const brings = new Map<Value, Value>();
    for (const phi of block.phis) {
      const input = inputsOf(phi)[index];
      if (input !== undefined) brings.set(phi, input);
    }
    shortcuts.push({ pred, target, brings });
  }
  return shortcuts;
}

/** The target of a block that does nothing but merge values which its target merges once more. */
function passesPhisOn(block: Block, isLoopHeader: ReadonlySet<Block>, uses: UseIndex): Block | null {
  if (block.end?.kind !== "jump") return null;
  const { target } = block.end;
  if (isLoopHeader.has(target)) return null;
  const isMergedThere = (phi: Value): boolean =>
    uses.everyUse(phi, ({ block: where, reader }) => where === target && reader?.op.kind === "phi");
  return block.phis.every(isMergedThere) ? target : null;
}

/** Where the branch goes when the block is entered from its predecessor number `index`; `null` when that is open. */
function decidedTarget(block: Block, index: number): Block | null {
  const { end } = block;
  const pred = block.preds[index];
  if (end?.kind !== "branch" || pred === undefined) return null;
  const outcome = outcomeByInputs(block, index, end.condition) ?? outcomeOnWay(pred, block, end.condition);
  if (outcome === null) return null;
  return outcome ? end.ifTrue : end.ifFalse;
}

/** The condition by what the phis are when the block is entered from its predecessor number `index`. */
function outcomeByInputs(block: Block, index: number, condition: Value): boolean | null {
  const stand = new Map<Value, Value>();
  const standFor = (value: Value): Value => stand.get(value) ?? value;
  for (const phi of block.phis) stand.set(phi, { ...phi, range: inputsOf(phi)[index]?.range ?? null });
  for (const value of block.body) {
    const tried: Value = { ...value, op: mapOperands(value.op, standFor) };
    tried.range = rangeOf(tried as PlainValue);
    stand.set(value, tried);
  }
  const { range } = standFor(condition);
  return stand.has(condition) && isSingle(range) ? range.low === 1n : null;
}

/** The condition as a branch on the only way to `pred`, or the one at its end, has decided it already. */
function outcomeOnWay(pred: Block, block: Block, condition: Value): boolean | null {
  let from: Block | undefined = pred;
  let to = block;
  for (let length = 0; from !== undefined && length < LONGEST_WAY; length += 1) {
    if (from.end?.kind === "branch" && from.end.condition === condition) return from.end.ifTrue === to;
    to = from;
    from = from.preds.length === 1 ? from.preds[0] : undefined;
  }
  return null;
}

function takeShortcuts(fn: IrFunction, block: Block, shortcuts: readonly Shortcut[], uses: UseIndex): void {
  const arrivals = shortcuts.map((shortcut) => ({ ...shortcut, pred: detour(fn, block, shortcut.pred) }));
  for (const { pred, target, brings } of arrivals) {
    removePredecessor(block, pred);
    if (pred.end !== null) pred.end = { kind: "jump", target, at: pred.end.at };
    const index = target.preds.indexOf(block);
    target.preds.push(pred);
    for (const phi of target.phis) {
      const input = inputsOf(phi)[index];
      if (input === undefined) throw new Error(`v${phi.id} has no input from b${block.id}`);
      const brought = brings.get(input) ?? input;
      inputsOf(phi).push(brought);
      uses.add(brought, { block: target, reader: phi });
    }
  }
  const phis = block.phis;
  if (block.preds.length === 0) removeBlocks(fn, (other) => other === block);
  for (const phi of phis) {
    const brought = new Map<Block, Value>();
    for (const { pred, brings } of arrivals) brought.set(pred, brings.get(phi) ?? phi);
    mergeAgain(fn, phi, block, brought, uses);
  }
}

/** The predecessor itself when it can only go to `block`, otherwise a new block on the edge between the two. */
function detour(fn: IrFunction, block: Block, pred: Block): Block {
  const end = pred.end;
  if (end?.kind !== "branch") return pred;
  const between = newBlock(fn, block.cold);
  between.preds.push(pred);
  between.end = { kind: "jump", target: block, at: end.at };
  block.preds[block.preds.indexOf(pred)] = between;
  pred.end = end.ifTrue === block ? { ...end, ifTrue: between } : { ...end, ifFalse: between };
  return between;
}
