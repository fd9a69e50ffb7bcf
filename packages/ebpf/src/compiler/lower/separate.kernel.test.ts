/** What the verifier makes of functions that it may verify by themselves. */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { load } from "../../loader/index.ts";
import { compileText, filter } from "../testing/snippet.ts";

const LAYOUTS = `const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });
const List = struct({ size: 8, fields: { octets: bytes(8) } });
const pairs = array("pairs", { value: Pair, maxEntries: 4 });`;

interface Verified {
  readonly steps: number;
  readonly verdict: number;
}

function verify(statements: string, declarations: string): Verified {
  using collection = load(compileText(filter(statements, `${LAYOUTS}\n${declarations}`)));
  const program = collection.program("program");
  const { returnValue } = program.testRun(Uint8Array.from({ length: 64 }, (_, index) => index));
  return { steps: program.info.verifiedInstructions, verdict: returnValue };
}

rootTest("a function is verified once, however many paths lead to it", () => {
  const work = (name: string): string => `const ${name} = noinline((pair: Ref<typeof Pair>, n: u32): u32 => {
  let sum = 0;
  for (let k = 0; k < 16; k++) {
    if (((n >>> k) & 1) === 1) sum = (sum + pair.left) & 0xffff;
  }
  return sum;
});`;
  const call = "const own = Pair.make({ left: ctx.length });\nlet n = 0;\n";
  const once = verify(`${call}n = work(own, n);\nreturn n & 1;`, work("work"));
  const eight = verify(`${call}${"n = work(own, (n ^ 1) >>> 0);\n".repeat(8)}return n & 1;`, work("work"));
  assert.ok(eight.steps < once.steps + 200, `${once.steps} steps for one call, ${eight.steps} for eight`);
});

rootTest("references to the stack and to a map's values are passed, written through, atomic", () => {
  const declarations = `const bump = noinline((pair: Ref<typeof Pair>): u32 => {
  atomicAdd(pair, "right", 3);
  pair.left = 4;
  return pair.left;
});`;
  const statements = `const own = Pair.make({});
    const shared = pairs.lookup(1);
    if (shared === null) return 0;
    return bump(own) * 10 + bump(shared) + own.right * 100;`;
  assert.equal(verify(statements, declarations).verdict, 344);
});

rootTest("null is passed where the type says so", () => {
  const declarations =
    "const leftOr = noinline((pair: Ref<typeof Pair> | null, n: u32): u32 => pair === null ? n : pair.left);";
  const statements = "const own = Pair.make({ left: 7 });\nreturn leftOr(own, 1) * 10 + leftOr(null, 5);";
  assert.equal(verify(statements, declarations).verdict, 75);
});

rootTest("a number that is passed bounds an index and a loop, as its type promises", () => {
  const declarations = `const pick = noinline((list: Ref<typeof List>, n: u8): u8 => n > 7 ? 0 : list.octets.get(n));
const count = noinline((n: u8): u32 => {
  let sum = 0;
  for (let k = 0; k < n; k++) sum = (sum + 2) & 0xffff;
  return sum;
});`;
  const statements = `const list = List.make({});
    list.octets.set(3, 9);
    return pick(list, ctx.length & 3) * 100 + pick(list, 3) * 10 + (count(21) & 0xff);`;
  assert.equal(verify(statements, declarations).verdict, 132);
});

rootTest("what a function gives bounds a loop and an offset of its caller", () => {
  const declarations = "const size = noinline((ctx: Packet): u8 => ctx.length & 31);";
  const statements = `let sum = 0;
    const n = size(ctx);
    for (let k = 0; k < n; k++) sum = (sum + 1) & 0xff;
    const pair = ctx.at(size(ctx), Pair);
    return pair === null ? 1 : sum;`;
  // 64 & 31 is 0.
  assert.equal(verify(statements, declarations).verdict, 0);
});

rootTest(
  "a function that moves the packet makes the references of its caller stale, not of the verifier's opinion",
  () => {
    const declarations = `const grow = noinline((ctx: Xdp, by: u8): i32 => ctx.adjustHead(-by));
const first = noinline((ctx: Xdp): u8 => {
  const list = ctx.at(0, List);
  return list === null ? 0 : list.octets.get(5);
});`;
    const statements = "if (grow(ctx, 4) !== 0) return 1;\nreturn first(ctx);";
    // Four bytes more in front: the sixth is what was the second.
    assert.equal(verify(statements, declarations).verdict, 1);
  },
);

rootTest("a function that calls another, and one that hands a callback to a helper", () => {
  const declarations = `const State = struct({ size: 8, fields: { sum: u32, rest: u32 } });
function step(index: u32, state: Ref<typeof State>): 0 | 1 { state.sum = (state.sum + 1) & 0xff; return 0; }
const inner = noinline((pair: Ref<typeof Pair>): u32 => (pair.left + 1) >>> 0);
const outer = noinline((pair: Ref<typeof Pair>, n: u32): u32 => {
  const state = State.make({});
  loop(n, step, state);
  return (inner(pair) + state.sum) >>> 0;
});`;
  assert.equal(verify("const own = Pair.make({ left: 30 });\nreturn outer(own, 5);", declarations).verdict, 36);
});
