import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, filterPacket, outOf } from "../testing/both-worlds.ts";
import { assertRefused, calculation, filter } from "../testing/snippet.ts";

const LISTS = "const Lists = struct({ size: 24, fields: { words: array(u32, 4), one: bytes(4), two: bytes(4) } });";

describe("a vector", () => {
  it("is indexed by constants and by variables that are proven inside", () => {
    const statements = `const lists = Lists.make({});
      for (let k = 0; k < 4; k++) lists.words.set(k, k * 3);
      return lists.words.get(3) * 100 + lists.words.get(a & 3) + lists.words.length;`;
    assert.equal(calculate(statements, { declarations: LISTS, a: 6 }), 910);
  });

  it("refuses an index that may lie outside, with its number where it is a constant", () => {
    assertRefused(calculation("return Lists.make({}).words.get(a);", LISTS), "E309", "words.get(a)");
    assertRefused(calculation("return Lists.make({}).words.get(4);", LISTS), "E309", "words.get(4)");
    const inPacket = "const lists = ctx.at(0, Lists);\nif (lists === null) return 1;\nreturn lists.one.get(4);";
    assertRefused(filter(inPacket, LISTS), "E309", "lists.one.get(4)");
  });

  it("is not indexed by a variable in a packet, nor in a context", () => {
    const inPacket =
      "const lists = ctx.at(0, Lists);\nif (lists === null) return 1;\nreturn lists.one.get(ctx.length & 3);";
    assertRefused(filter(inPacket, LISTS), "E407", "lists.one.get(ctx.length & 3)");
    const inContext = filter("return ctx.localIp6.get(ctx.localPort & 3) === 1 ? 1 : 0;", "", "SkLookup");
    assertRefused(inContext, "E407", "ctx.localIp6.get");
  });

  it("is copied and compared whole", () => {
    const statements = `const lists = Lists.make({});
      lists.one.set(2, 7);
      const before = lists.one.equals(lists.two);
      lists.two = lists.one;
      lists.one.set(2, 8);
      return (before ? 100 : 200) + lists.two.get(2) + (lists.one.equals(lists.two) ? 10 : 20);`;
    assert.equal(calculate(statements, { declarations: LISTS }), 227);
  });

  it("is a view: what is written behind its back is seen", () => {
    const statements =
      "const lists = Lists.make({});\nconst one = lists.one;\nlists.one.set(0, 9);\nreturn one.get(0);";
    assert.equal(calculate(statements, { declarations: LISTS }), 9);
  });

  it("is stale when the packet has moved, also as the source of a copy", () => {
    const statements = `const lists = ctx.at(0, Lists);
      if (lists === null) return 1;
      const one = lists.one;
      if (ctx.adjustHead(-4) !== 0) return 2;`;
    assertRefused(filter(`${statements}\nreturn one.get(0);`, LISTS), "E403", "return one.get(0)");
    assertRefused(
      filter(`${statements}\nreturn Lists.make({ one: one }).two.get(0);`, LISTS),
      "E403",
      "Lists.make({ one: one })",
    );
    assertRefused(filter(`${statements}\nreturn one.equals(Lists.make({}).two) ? 1 : 2;`, LISTS), "E403", "one.equals");
  });

  it("reads network order in a packet, at any distance", () => {
    const declarations =
      "const Head = struct({ order: 'network', size: 9, fields: { kind: u8, ports: array(u16, 2), word: u32 } });";
    const statements =
      "const head = ctx.at(1, Head);\nif (head === null) return 1;\nreturn head.ports.get(1) + head.word;";
    const packet = [0, 9, 0, 1, 0x12, 0x34, 0, 0, 1, 0];
    assert.equal(filterPacket(statements, packet, declarations).result, 0x1234 + 0x100);
  });

  it("holds signed elements", () => {
    const declarations = "const Deltas = struct({ size: 8, fields: { small: array(i8, 4), wide: array(i16, 2) } });";
    const statements = `const deltas = Deltas.make({});
      deltas.small.set(a & 3, -3);
      deltas.wide.set(1, -300);
      args.out = deltas.small.get(2) + deltas.wide.get(1);`;
    assert.equal(outOf(statements, { declarations, a: 2 }), -303);
  });
});
