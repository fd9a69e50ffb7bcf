import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compiler/index.ts";
import { listProgram } from "../listing.ts";

/** One instance is indexed by sums, masks, remainders and loads, in the program and in a function of its own. */
const source = `import { bytes, noinline, struct, u32, type Xdp } from "@weir/ebpf";
const Words = struct({ size: 24, fields: { first: u32, second: u32, octets: bytes(16) } });
const pick = noinline((n: u32): u32 => {
  const words = Words.make({ first: n });
  const high = Math.max(words.octets.get((words.octets.get(0) | n) & 7), words.octets.get(n % 5));
  return high + words.octets.get((words.second & 3) + (n & 7));
});
export function main(ctx: Xdp): number {
  const words = Words.make({ second: ctx.length });
  return pick(ctx.length) + words.octets.get((words.octets.get(1) | words.first) & 15);
}
`;

test("an offset is added to a pointer into the stack, never a pointer to an offset: the verifier would forget whose stack", () => {
  const compiled = compile("main.ts", { readSource: (path) => (path === "main.ts" ? source : undefined) });
  const listing = compiled.programs.map(listProgram).join("\n");
  const pointers = new Set<string>();
  for (const line of listing.split("\n")) {
    const [, added = ""] = /: r\d+ \+= (r\d+)$/.exec(line) ?? [];
    assert.ok(!pointers.has(added), `${line}\n\n${listing}`);
    const [, target, value = ""] = /: [rw](\d+) = (.*)$/.exec(line) ?? [];
    if (target === undefined) continue;
    if (value === "r10" || pointers.has(value)) pointers.add(`r${target}`);
    else pointers.delete(`r${target}`);
  }
  assert.match(listing, /= r10\n/, "the listing has no pointer into the stack: the test looks for something else");
});
