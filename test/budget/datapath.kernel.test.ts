/**
 * What the verifier may spend on the director's packet path, of the million steps that the kernel grants.
 *
 * A number is about a quarter above what it took when it was written down, on Linux 6.1 or 6.18, whichever took more.
 */
import { testBudgets } from "../../packages/ebpf/test/budget/budget-test.ts";

testBudgets(new URL("../../packages/weir/src/datapath/programs.ts", import.meta.url), {
  director: 20_000,
  sweep: 430,
});
