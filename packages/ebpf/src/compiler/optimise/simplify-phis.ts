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
  let blocks = fn.blocks.filter((block) => block.phis.length > 0);
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of blocks) {
      const kept = block.phis.filter((phi) => !simplifyPhi(block, phi, replacements));
      changed ||= kept.length < block.phis.length;
      block.phis = kept;
    }
    blocks = blocks.filter((block) => block.phis.length > 0);
  }
  replaceUses(fn, replacements);
}

/** True when the phi is a phi no longer. */
function simplifyPhi(block: Block, phi: Value, replacements: Map<Value, Value>): boolean {
  let only: Value | null = null;
  let root: Value | null = null;
  let isOnly = true;
  for (const input of inputsOf(phi)) {
    const current = follow(replacements, input);
    if (current === phi) continue;
    isOnly &&= only === null || only === current;
    only = current;
    const currentRoot = rootThrough(replacements, current);
    if (currentRoot === phi) continue;
    if (root !== null && root !== currentRoot) return false;
    root = currentRoot;
  }
  if (root === null || only === null) return false;
  // What reaches the end of every predecessor also reaches the block.
  const original = isOnly ? only : root;
  if (isOnly || saysAsMuch(original, phi)) {
    replacements.set(phi, original);
  } else {
    restate(phi, original);
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
