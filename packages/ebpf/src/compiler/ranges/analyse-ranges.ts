/**
 * Interval analysis: what every value may be, and the check of every rule about integers.
 *
 * A sparse conditional dataflow analysis in the manner of Wegman and Zadeck, with intervals instead of constants. It begins with
 * "nothing runs" and adds only what an edge that can be taken brings in, so branches that configuration decides vanish before they
 * are checked. Loops are first widened until nothing grows, then narrowed as far as a few more rounds allow.
 */
import { CompileError } from "../diagnostic.ts";
import type { Block, IrFunction, OperationOf, Range, Value } from "../ir/ir.ts";
import { checkRanges } from "./check-ranges.ts";
import type { Dataflow } from "./dataflow.ts";
import { isContradicted, isLiveEdge, startDataflow, takenEdges, touchAll, touchReaders } from "./dataflow.ts";
import { intersect, join, sameRange } from "./interval.ts";
import type { PlainValue } from "./transfer.ts";
import { rangeOf } from "./transfer.ts";
import { findThresholds, widen } from "./widening.ts";

/** A phi of a loop header may grow this often before it is widened: first entry, first round. */
const ROUNDS_BEFORE_WIDENING = 2;
/** How often one value may shrink afterwards. Each step is sound, so stopping early only costs precision. */
const NARROWING_STEPS = 4;

/**
 * Sets `range` of every value of `fn` that can be computed, and to `null` of every other and of values of type none.
 *
 * @throws CompileError with every value that may break its `fit` and every int result that may leave ±2^53
 */
export function analyseRanges(fn: IrFunction): void {
  const flow = startDataflow(fn);
  const widened = growToFixpoint(flow);
  shrink(flow, widened);
  const diagnostics = checkRanges(forgetUnreached(flow));
  if (diagnostics.length > 0) throw new CompileError(diagnostics);
}

/** Runs until no interval grows and no edge is added. Gives the phis that were widened, which may now be too wide. */
function growToFixpoint(flow: Dataflow): Value[] {
  const [entry] = flow.order;
  if (entry === undefined) return [];
  let thresholds: readonly bigint[] | null = null;
  const rounds = new Map<Value, number>();
  const widened = new Set<Value>();
  const grow = (block: Block, value: Value): Range | null => {
    const before = value.range;
    const after = evaluate(flow, block, value);
    if (value.op.kind !== "phi" || flow.isLoopHeader[block.id] === 0 || before === null || after === null) return after;
    if (sameRange(before, after)) return before;
    const count = (rounds.get(value) ?? 0) + 1;
    rounds.set(value, count);
    if (count < ROUNDS_BEFORE_WIDENING) return after;
    widened.add(value);
    thresholds ??= findThresholds(flow.order);
    return widen(value.type, value.op.bounds, before, after, thresholds);
  };
  const isEntered = new Uint8Array(flow.isPending.length);
  flow.isPending[entry.id] = 1;
  sweep(flow, (block) => {
    if (block !== entry && !block.preds.some((pred) => isLiveEdge(flow, pred, block))) return;
    if (isEntered[block.id] === 0) {
      isEntered[block.id] = 1;
      touchAll(flow, block);
      flow.isPending[block.id] = 0;
    }
    forStaleValues(flow, block, grow);
    addEdges(flow, block);
  });
  return [...widened];
}

/** Computes widened phis again from their inputs, and then whatever reads what became smaller. */
function shrink(flow: Dataflow, widened: readonly Value[]): void {
  const steps = new Uint8Array(flow.isStale.length);
  for (const phi of widened) {
    flow.isStale[phi.id] = 1;
    const home = flow.home[phi.id];
    if (home !== undefined) flow.isPending[home.id] = 1;
  }
  const narrow = (block: Block, value: Value): Range | null => {
    const smaller = intersect(value.range, evaluate(flow, block, value));
    const step = steps[value.id] ?? 0;
    if (sameRange(smaller, value.range) || step >= NARROWING_STEPS) return value.range;
    steps[value.id] = step + 1;
    return smaller;
  };
  sweep(flow, (block) => forStaleValues(flow, block, narrow));
}

/** Visits pending blocks in reverse post-order, again and again until none is pending. */
function sweep(flow: Dataflow, visit: (block: Block) => void): void {
  for (let again = true; again; ) {
    again = false;
    for (const block of flow.order) {
      if (flow.isPending[block.id] === 0) continue;
      flow.isPending[block.id] = 0;
      visit(block);
      again = true;
    }
  }
}

/** Computes the stale values of a block in order; where that is news, the readers are computed as well. */
function forStaleValues(flow: Dataflow, block: Block, compute: (block: Block, value: Value) => Range | null): void {
  for (const values of [block.phis, block.body]) {
    for (const value of values) {
      if (flow.isStale[value.id] === 0) continue;
      flow.isStale[value.id] = 0;
      const range = compute(block, value);
      if (sameRange(range, value.range)) continue;
      value.range = range;
      touchReaders(flow, value);
    }
  }
}

function evaluate(flow: Dataflow, block: Block, value: Value): Range | null {
  if (value.op.kind === "phi") return joinInputs(flow, block, value.op);
  return rangeOf(value as PlainValue);
}

function joinInputs(flow: Dataflow, block: Block, phi: OperationOf<"phi">): Range | null {
  let range: Range | null = null;
  let index = 0;
  for (const pred of block.preds) {
    if (isLiveEdge(flow, pred, block)) range = join(range, phi.inputs[index]?.range ?? null);
    index += 1;
  }
  return range;
}

/** Marks the edges that the block's end can now take; a block behind a new edge is visited, its phis anew. */
function addEdges(flow: Dataflow, block: Block): void {
  if (isContradicted(block)) return;
  const before = flow.liveEdges[block.id] ?? 0;
  const added = takenEdges(block) & ~before;
  if (added === 0) return;
  flow.liveEdges[block.id] = before | added;
  const end = block.end;
  if (end === null || end.kind === "return") return;
  if ((added & 1) !== 0) touchBlock(flow, end.kind === "jump" ? end.target : end.ifTrue);
  if ((added & 2) !== 0 && end.kind === "branch") touchBlock(flow, end.ifFalse);
}

function touchBlock(flow: Dataflow, block: Block): void {
  flow.isPending[block.id] = 1;
  for (const phi of block.phis) flow.isStale[phi.id] = 1;
}

/** Gives the blocks that can be entered by the final intervals, and takes the intervals away from values in all others. */
function forgetUnreached(flow: Dataflow): Block[] {
  const reached = new Set<Block>();
  const [entry] = flow.order;
  const waiting = entry === undefined ? [] : [entry];
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    if (reached.has(block) || isContradicted(block)) continue;
    reached.add(block);
    const edges = takenEdges(block);
    const end = block.end;
    if (end === null || end.kind === "return") continue;
    if ((edges & 1) !== 0) waiting.push(end.kind === "jump" ? end.target : end.ifTrue);
    if ((edges & 2) !== 0 && end.kind === "branch") waiting.push(end.ifFalse);
  }
  for (const block of flow.order) {
    if (reached.has(block)) continue;
    for (const value of block.phis) value.range = null;
    for (const value of block.body) value.range = null;
  }
  return flow.order.filter((block) => reached.has(block));
}
