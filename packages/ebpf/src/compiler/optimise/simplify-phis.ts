/**
 * Trivial phi removal: a phi whose inputs are all one value, itself aside, is that value.
 *
 * "One value" looks through `fit` and `refine`: a variable that both sides of a branch tested but neither changed is still itself.
 */
import type { Block, IrFunction, Value } from "../ir/ir.ts";
import { follow, inputsOf, replaceUses } from "./graph-edit.ts";
import { restate, rootOf, saysAsMuch } from "./same-value.ts";

export function simplifyPhis(fn: IrFunction): void {
  const replacements = new Map<Value, Value>();
  // One phi less may make another one trivial.
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of fn.blocks) {
      const kept = block.phis.filter((phi) => !simplifyPhi(block, phi, replacements));
      changed ||= kept.length < block.phis.length;
      block.phis = kept;
    }
  }
  replaceUses(fn, replacements);
}

/** True when the phi is a phi no longer. */
function simplifyPhi(block: Block, phi: Value, replacements: Map<Value, Value>): boolean {
  const inputs = inputsOf(phi).map((input) => follow(replacements, input));
  const [first, ...others] = inputs.filter((input) => input !== phi);
  if (first === undefined) return false;
  if (others.every((input) => input === first)) {
    replacements.set(phi, first);
    return true;
  }
  const roots = new Set(inputs.map((input) => follow(replacements, rootThrough(replacements, input))));
  roots.delete(phi);
  const [root, second] = roots;
  if (root === undefined || second !== undefined) return false;
  // The root reaches the end of every predecessor, and so the block itself.
  if (saysAsMuch(root, phi)) {
    replacements.set(phi, root);
  } else {
    restate(phi, root);
    block.body.unshift(phi);
  }
  return true;
}

/** The root of a value whose operands may have been replaced on the way. */
function rootThrough(replacements: ReadonlyMap<Value, Value>, value: Value): Value {
  let root = follow(replacements, rootOf(value));
  for (let next = rootOf(root); next !== root; next = follow(replacements, rootOf(root))) root = next;
  return root;
}
