/**
 * What the verifier may spend on each program of this package. A number is about a quarter above what it took when it was written
 * down, on Linux 6.1 or 6.18, whichever took more.
 */
import { testBudgets } from "./budget-test.ts";

const fromHere = (path: string): URL => new URL(path, import.meta.url);

testBudgets(fromHere("../../examples/packet-counter/counter.ts"), { count: 30 });
testBudgets(fromHere("../../examples/syn-rate-limiter/limiter.ts"), { limitSyns: 120 });
testBudgets(fromHere("../../examples/tcx-redirect/patch.ts"), { patch: 42 });
testBudgets(fromHere("../../examples/sockmap-splice/splice.ts"), {
  everythingThatArrived: 3,
  passToServer: 22,
  passToClient: 22,
});

testBudgets(fromHere("../golden/choice.ts"), { track: 50 });
testBudgets(fromHere("../golden/counter.ts"), { count: 38 });
testBudgets(fromHere("../golden/functions.ts"), { check: 92 });
testBudgets(fromHere("../golden/nat.ts"), { nat: 92 });
testBudgets(fromHere("../golden/options.ts"), { filter: 2150 });
testBudgets(fromHere("../golden/shaper.ts"), { shape: 79 });

testBudgets(fromHere("../../src/twin/testing/helper-programs.ts"), { moveEnds: 195, changePacket: 780 });

testBudgets(fromHere("../../../../bench/language/lb.ts"), { lb: 920 });
testBudgets(fromHere("../../../../bench/language/arith.ts"), { arith: 2760 });
