/**
 * Optimisation: small passes over the intermediate form in one fixed order, each in a file of its own.
 *
 * Every pass leaves a valid graph whose ranges are true. None moves or merges loads and stores, and none makes two computations out
 * of one, because a bound that the verifier has seen proven belongs to one value.
 */
import type { IrFunction } from "../ir/ir.ts";
import { foldBranches } from "./fold-branches.ts";
import { mergeBlocks } from "./merge-blocks.ts";
import { numberValues } from "./number-values.ts";
import { orderBlocks } from "./order-blocks.ts";
import { poolConstants } from "./pool-constants.ts";
import { removeDeadValues } from "./remove-dead-values.ts";
import { removeEmptyDecisions } from "./remove-empty-decisions.ts";
import { removeUnreachable } from "./remove-unreachable.ts";
import { simplifyPhis } from "./simplify-phis.ts";
import { simplifyValues } from "./simplify-values.ts";
import { threadJumps } from "./thread-jumps.ts";

export interface Pass {
  readonly name: string;
  run(fn: IrFunction): void;
}

const simplify: readonly Pass[] = [
  { name: "simplify phis", run: simplifyPhis },
  { name: "simplify values", run: simplifyValues },
  { name: "fold branches", run: foldBranches },
  { name: "remove unreachable blocks", run: removeUnreachable },
];

export const passes: readonly Pass[] = [
  // What the analysis has found out.
  { name: "fold branches", run: foldBranches },
  { name: "remove unreachable blocks", run: removeUnreachable },
  ...simplify,
  { name: "pool constants", run: poolConstants },
  { name: "remove dead values", run: removeDeadValues },
  { name: "merge blocks", run: mergeBlocks },
  { name: "thread jumps", run: threadJumps },
  // Fewer ways into a block tell more about what it computes, and numbering sees further.
  ...simplify,
  { name: "pool constants", run: poolConstants },
  { name: "number values", run: numberValues },
  // Numbering has made one condition of equal ones, which decides some of their branches.
  { name: "thread jumps", run: threadJumps },
  ...simplify,
  { name: "simplify phis", run: simplifyPhis },
  { name: "remove dead values", run: removeDeadValues },
  { name: "remove empty decisions", run: removeEmptyDecisions },
  { name: "merge blocks", run: mergeBlocks },
  { name: "order blocks", run: orderBlocks },
];

/**
 * Makes the function smaller and faster without changing what it does. `analyseRanges` has to come before.
 *
 * @param watch is shown the function after each pass
 */
export function optimise(fn: IrFunction, watch: (pass: string) => void = () => {}): void {
  for (const pass of passes) {
    pass.run(fn);
    watch(pass.name);
  }
}
