import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { filterPacket, outOf, wideOf } from "../testing/both-worlds.ts";

const PACKED = `const Packed = struct({
  order: "network", size: 28,
  fields: { tag: u8, half: u16, word: u32, total: u64, low: i16, small: i8, wide: i32, raw: raw16, rest: raw32 },
});
const Whole = struct({ order: "network", size: 31, fields: { kind: u8, packed: Packed, end: u16 } });`;

describe("a packed layout on the stack", () => {
  it("reads back what was written, at odd places and in network order", () => {
    const statements = `const p = Packed.make({ half: 0x1234, word: 0x89abcdef, low: -2, small: -3, wide: -70000 });
      args.out = p.half + p.low + p.small + p.wide + (p.word >>> 24);`;
    // 0x1234 - 2 - 3 - 70000 + 0x89.
    assert.equal(outOf(statements, { declarations: PACKED }), 4660 - 5 - 70000 + 137);
    assert.equal(
      wideOf("const p = Packed.make({ total: x });\nargs.wide = p.total;", {
        declarations: PACKED,
        x: 0x0102_0304_0506_0708n,
      }),
      0x0102_0304_0506_0708n,
    );
  });

  it("lies in memory most significant byte first, raw words as they are", () => {
    const statements = `const p = ctx.at(1, Packed);
      if (p === null) return 1;
      const own = Packed.make({ half: 0x1234, wide: -2, raw: 0x0102 });
      copy(p, own);
      return 2;`;
    const { bytes } = filterPacket(statements, new Array<number>(29).fill(9), PACKED);
    const expected = [9, 0, 0x12, 0x34, ...new Array<number>(15).fill(0), 0xff, 0xff, 0xff, 0xfe, 2, 1, 0, 0, 0, 0];
    assert.deepEqual([...bytes], expected);
  });

  it("may be nested at an odd distance", () => {
    const statements = `const whole = Whole.make({ end: 7 });
      whole.packed.word = a;
      whole.packed.wide = -5;
      args.out = whole.packed.wide + whole.end + (whole.packed.word >>> 16);`;
    assert.equal(outOf(statements, { declarations: PACKED, a: 0x000a_0001 }), 12);
  });

  it("is passed to a function of its own with the alignment that it has", () => {
    const declarations = `${PACKED}
const sum = noinline((p: Ref<typeof Packed>): i32 => (p.word + p.half) | 0);`;
    const statements =
      "const whole = Whole.make({});\nwhole.packed.word = 40;\nwhole.packed.half = 2;\nargs.out = sum(whole.packed);";
    assert.equal(outOf(statements, { declarations }), 42);
  });
});

describe("signed fields", () => {
  it("keep their sign in host order", () => {
    const declarations = "const Host = struct({ size: 8, fields: { wide: i32, half: i16, small: i8, rest: u8 } });";
    const statements = "const h = Host.make({ wide: i, half: i, small: i });\nargs.out = h.wide + h.half + h.small;";
    // -300 is 0xfed4: its low byte is -44.
    assert.equal(outOf(statements, { declarations, i: -300 }), -644);
  });

  it("compare signed", () => {
    const declarations =
      "const Net = struct({ order: 'network', size: 8, fields: { wide: i32, half: i16, rest: u16 } });";
    const statements =
      "const n = Net.make({ wide: i, half: i });\nargs.out = (n.half === -2 ? 1 : 0) + (n.wide < 0 ? 10 : 0) + (n.wide === -2 ? 100 : 0) + (n.half > -3 ? 1000 : 0);";
    assert.equal(outOf(statements, { declarations, i: -2 }), 1111);
    assert.equal(outOf(statements, { declarations, i: 2 }), 1000);
  });
});
