/**
 * Repairs single assignment after a block can be gone around: its phi and what the other ways bring are merged where they meet.
 *
 * The search runs from each use backwards to the nearest definition, as Braun and others build SSA form ("Simple and Efficient
 * Construction of Static Single Assignment Form", 2013). It may leave phis that merge a value with itself.
 */
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { mapOperands } from "../ir/ir.ts";
import { inputsOf, newValue } from "./graph-edit.ts";
import type { Use, UseIndex } from "./use-index.ts";

/**
 * @param phi a value of `home`, which no longer dominates all its uses
 * @param brought by block: what stands for the phi at the end of a block that now goes around `home`
 */
export function mergeAgain(
  fn: IrFunction,
  phi: Value,
  home: Block,
  brought: ReadonlyMap<Block, Value>,
  uses: UseIndex,
): void {
  const atStart = new Map<Block, Value>();
  const atEnd = (block: Block): Value => (block === home ? phi : (brought.get(block) ?? valueAtStart(block)));
  const valueAtStart = (block: Block): Value => {
    const known = atStart.get(block);
    if (known !== undefined) return known;
    const [first, second] = block.preds;
    // Nothing leads here any more, so nobody will read it; the block is removed later.
    if (first === undefined) return phi;
    if (second === undefined) {
      const only = atEnd(first);
      atStart.set(block, only);
      return only;
    }
    const inputs: Value[] = [];
    const merged = newValue(fn, phi.type, phi.at, { kind: "phi", inputs, bounds: boundsOf(phi) }, phi.range);
    // Known before its inputs are, so that a loop finds it instead of searching for ever.
    atStart.set(block, merged);
    block.phis.push(merged);
    for (const pred of block.preds) {
      const input = atEnd(pred);
      inputs.push(input);
      uses.add(input, { block, reader: merged });
    }
    return merged;
  };
  for (const use of uses.usesOf(phi)) {
    if (use.block !== home) rewrite(phi, use, { atStart: valueAtStart, atEnd }, uses);
  }
}

interface Reaching {
  atStart(block: Block): Value;
  atEnd(block: Block): Value;
}

function rewrite(phi: Value, use: Use, reaching: Reaching, uses: UseIndex): void {
  const { block, reader } = use;
  if (reader?.op.kind === "phi") {
    const inputs = inputsOf(reader);
    for (const [index, pred] of block.preds.entries()) {
      if (inputs[index] !== phi) continue;
      const now = reaching.atEnd(pred);
      inputs[index] = now;
      uses.add(now, use);
    }
    return;
  }
  const now = reaching.atStart(block);
  if (reader !== null) {
    reader.op = mapOperands(reader.op, (operand) => (operand === phi ? now : operand));
  } else if (block.end?.kind === "branch") {
    block.end = { ...block.end, condition: now };
  } else if (block.end?.kind === "return") {
    block.end = { ...block.end, value: now };
  }
  uses.add(now, use);
}

function boundsOf(phi: Value): { readonly low: bigint; readonly high: bigint } | null {
  return phi.op.kind === "phi" ? phi.op.bounds : null;
}
