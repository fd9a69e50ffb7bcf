import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate } from "../testing/both-worlds.ts";
import { assertRefused, calculation, compileText, filter, withImports } from "../testing/snippet.ts";

const TABLE = `const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });
const pairs = array("pairs", { value: Pair, maxEntries: 4 });
const waiting = queue("waiting", { value: Pair, maxEntries: 4 });`;

describe("an argument of a helper", () => {
  it("is a key or value of integer kind, through the stack", () => {
    const declarations = `const flags = hash("flags", { key: u16, value: u64, maxEntries: 4 });`;
    const statements = `flags.update(0x10000 + 3, x);
      const found = flags.lookup(3);
      return found === null ? 1 : Number(found.value & 0xffn);`;
    // The key is truncated to its 16 bits, as a field is.
    assert.equal(calculate(statements, { declarations, x: 0x155n }), 0x55);
  });

  it("is evaluated before the others are looked at: one that moves the packet makes the others stale", () => {
    const statements = `const pair = ctx.at(0, Pair);
      if (pair === null) return 1;
      pairs.update(0, pair, ctx.adjustHead(-4) === 0 ? 1 : 2);
      return 2;`;
    assertRefused(filter(statements, TABLE), "E403", "pairs.update(0, pair");
  });

  it("is refused at its own place when it does not fit", () => {
    assertRefused(filter("return redirect(ctx.length - 1, 0);"), "E302", "redirect(ctx.length - 1");
    assertRefused(filter("return ctx.adjustHead(ctx.length) === 0 ? 1 : 2;"), "E302", "ctx.adjustHead(ctx.length)");
  });

  it("is a u64 that has not left its 64 bits", () => {
    const text = withImports(
      "\nexport function program(ctx: Skb): number {\n  return ctx.adjustRoom(4, 0, ktimeNs() + ktimeNs());\n}",
    );
    assertRefused(text, "E305", "ctx.adjustRoom");
  });

  it("is counted", () => {
    assertRefused(calculation("return pairs.update(a);", TABLE), "E502", "pairs.update(a)");
    assertRefused(calculation("return pairs.delete(a, b);", TABLE), "E502", "pairs.delete(a, b)");
  });

  it("is a reference where the helper writes: a number has no place", () => {
    assertRefused(calculation("return waiting.pop(a);", TABLE), "E409", "waiting.pop(a)");
  });

  it("is a map of sockets where one is wanted", () => {
    const text = withImports(`
const pairs = array("pairs", { value: u32, maxEntries: 4 });
export function program(ctx: SkLookup): number {
  return ctx.assignFrom(pairs, 0, 0) === 0 ? 1 : 0;
}`);
    assertRefused(text, "E604", "ctx.assignFrom(pairs");
  });

  it("leaves its flags out", () => {
    const declarations = `const flags = hash("flags", { key: u32, value: u32, maxEntries: 4 });`;
    // BPF_NOEXIST (1) finds the key that the first call has made: -17, EEXIST.
    assert.equal(calculate("flags.update(1, 2);\nreturn flags.update(1, 3, 1);", { declarations }), -17);
  });

  it("chooses a socket by three helpers, the last of which lets it go", () => {
    const text = withImports(`
const sockets = sockMap("sockets", { maxEntries: 4 });
export function program(ctx: SkLookup): number {
  return ctx.assignFrom(sockets, 2, 0) === 0 ? 1 : 0;
}`);
    const ids = compileText(text)
      .programs[0]?.instructions.filter(({ opcode }) => opcode === 0x85)
      .map(({ imm }) => imm);
    assert.deepEqual(ids, [1, 124, 86]);
  });
});
