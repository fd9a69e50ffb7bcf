/**
 * Checks that a function keeps the rules of the intermediate form: run between passes in tests, and after `lower`.
 *
 * A broken rule is a fault of the compiler, never of the program that is compiled, so the first one found is thrown.
 */
import type { Dominators } from "./dominators.ts";
import { findDominators } from "./dominators.ts";
import type { Block, IrFunction, Value } from "./ir.ts";
import { operandsOf, successorsOf } from "./ir.ts";
import { printValue } from "./print-ir.ts";
import { typeFault } from "./value-types.ts";

interface Definition {
  readonly block: Block;
  /** Place within the block; all phis are at -1, because they happen at once. */
  readonly index: number;
}

/**
 * Throws unless every edge is known to both of its blocks, every phi has one input for each predecessor, every value is defined
 * once and before each of its uses, and types agree. Values in blocks that cannot be reached are not held to the order.
 */
export function validateIr(fn: IrFunction): void {
  validateBlocks(fn);
  validateEdges(fn);
  const definitions = findDefinitions(fn);
  const dominators = findDominators(fn);
  for (const block of dominators.order) {
    validatePhis(fn, block, definitions, dominators);
    validateUses(fn, block, definitions, dominators);
  }
}

function validateBlocks(fn: IrFunction): void {
  if (fn.blocks.length === 0) fail(fn, "it has no blocks");
  if (new Set(fn.blocks).size !== fn.blocks.length) fail(fn, "a block is listed twice");
  const ids = new Set<number>();
  for (const block of fn.blocks) {
    if (block.id < 0 || block.id >= fn.nextBlock || ids.has(block.id)) fail(fn, `b${block.id} has no id of its own`);
    ids.add(block.id);
    if (block.end === null) fail(fn, `b${block.id} has no end`);
  }
  if (fn.blocks[0]?.preds.length !== 0) fail(fn, "the entry has predecessors");
}

function validateEdges(fn: IrFunction): void {
  const listed = new Set(fn.blocks);
  for (const block of fn.blocks) {
    const successors = successorsOf(block.end);
    if (new Set(successors).size !== successors.length)
      fail(fn, `both sides of b${block.id}'s branch are the same block`);
    for (const successor of successors) {
      if (!listed.has(successor)) fail(fn, `b${block.id} goes to b${successor.id}, which is not in the function`);
      if (!successor.preds.includes(block)) fail(fn, `b${successor.id} does not know its predecessor b${block.id}`);
    }
    if (new Set(block.preds).size !== block.preds.length) fail(fn, `b${block.id} lists a predecessor twice`);
    for (const pred of block.preds) {
      if (!listed.has(pred) || !successorsOf(pred.end).includes(block)) {
        fail(fn, `b${block.id} lists b${pred.id} as a predecessor, which does not go to it`);
      }
    }
  }
}

function findDefinitions(fn: IrFunction): ReadonlyMap<Value, Definition> {
  const definitions = new Map<Value, Definition>();
  const ids = new Set<number>();
  for (const block of fn.blocks) {
    for (const phi of block.phis)
      if (phi.op.kind !== "phi") fail(fn, `b${block.id} has another value among its phis`, phi);
    for (const value of block.body) if (value.op.kind === "phi") fail(fn, `b${block.id} has a phi in its body`, value);
    for (const [place, value] of [...block.phis, ...block.body].entries()) {
      if (value.id < 0 || value.id >= fn.nextValue || ids.has(value.id))
        fail(fn, "the value has no id of its own", value);
      ids.add(value.id);
      definitions.set(value, { block, index: Math.max(-1, place - block.phis.length) });
    }
  }
  return definitions;
}

function validatePhis(
  fn: IrFunction,
  block: Block,
  definitions: ReadonlyMap<Value, Definition>,
  dominators: Dominators,
): void {
  for (const phi of block.phis) {
    if (phi.op.kind !== "phi") continue;
    const { inputs } = phi.op;
    if (inputs.length !== block.preds.length) {
      fail(fn, `the phi has ${inputs.length} inputs for ${block.preds.length} predecessors`, phi);
    }
    for (const [index, input] of inputs.entries()) {
      const pred = block.preds[index];
      if (pred === undefined || !dominators.isReachable(pred)) continue;
      const definition = definitions.get(input);
      if (definition === undefined) fail(fn, `input v${input.id} is not defined`, phi);
      else if (!dominators.dominates(definition.block, pred))
        fail(fn, `input v${input.id} does not reach b${pred.id}`, phi);
    }
  }
}

function validateUses(
  fn: IrFunction,
  block: Block,
  definitions: ReadonlyMap<Value, Definition>,
  dominators: Dominators,
): void {
  const isDefinedBefore = (operand: Value, index: number): boolean => {
    const definition = definitions.get(operand);
    if (definition === undefined) return false;
    if (definition.block === block) return definition.index < index;
    return dominators.dominates(definition.block, block);
  };
  for (const [index, value] of block.body.entries()) {
    for (const operand of operandsOf(value.op)) {
      if (!isDefinedBefore(operand, index)) fail(fn, `v${operand.id} is not defined before it is read`, value);
    }
  }
  for (const value of [...block.phis, ...block.body]) {
    const fault = typeFault(value);
    if (fault !== null) fail(fn, fault, value);
  }
  const end = block.end;
  const read = end?.kind === "branch" ? end.condition : end?.kind === "return" ? end.value : null;
  if (read === null) return;
  if (!isDefinedBefore(read, block.body.length))
    fail(fn, `b${block.id} ends with v${read.id}, which is not defined before`);
  if (end?.kind === "branch" && read.type !== "bool") fail(fn, `b${block.id} branches on the ${read.type} v${read.id}`);
}

function fail(fn: IrFunction, why: string, value?: Value): never {
  const place = value === undefined ? "" : `\n  ${printValue(value)}`;
  throw new Error(`The intermediate form of ${fn.name} is broken: ${why}.${place}`);
}
