/** How wide values are computed, seen in the machine code that a few statements become. */
import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculation, filter, printed } from "../testing/snippet.ts";

/** The instructions of the statements, without the frame around them. */
function selected(statements: string, declarations = ""): string[] {
  return linesOf(printed(calculation(statements, declarations), "select"));
}

function linesOf(listing: string): string[] {
  return listing
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

describe("a value of 32 bits", () => {
  it("needs no sign where only its low half is read", () => {
    assert.deepEqual(selected("args.out = (a | b) + 1;"), [
      "program(v0)",
      "block 0:",
      "v1 = load u32 [v0 + 24]",
      "v2 = load u32 [v0 + 28]",
      "v3 = v1 or32 v2",
      "v4 = v3",
      "v5 = v4 add32 1",
      "v6 = v5",
      "store u32 [v0 + 40] = v6",
      "return 0",
    ]);
  });

  it("has its sign extended where the whole register is read", () => {
    const listing = selected("return (a | b) + 1;");
    assert.deepEqual(listing.slice(4), [
      "v3 = v1 or32 v2",
      "v5 = v3 lsh64 32",
      "v4 = v5 arsh64 32",
      "v6 = v4 add64 1",
      "return v6",
    ]);
  });

  it("is compared in 32 bits, with a sign where it may have one", () => {
    assert.ok(selected("return (a | b) < 0 ? 1 : 2;").includes("if v4 s< 0 (32 bits) then block 1 else block 2"));
    assert.ok(selected("return (a | b) >>> 0 < 9 ? 1 : 2;").some((line) => / u< 9 /.test(line)));
  });

  it("is compared in 64 bits with what may be larger", () => {
    assert.ok(selected("return a * 5 < (b | 0) ? 1 : 2;").some((line) => / s< v\d+ \(64 bits\)/.test(line)));
  });

  it("is whole before a u64 is made of it", () => {
    const listing = selected("args.wide = BigInt(Math.max(i, 0) + 1);");
    assert.ok(
      listing.some((line) => line.endsWith("arsh64 32")),
      listing.join("\n"),
    );
  });
});

describe("a store", () => {
  it("does without the mask that makes its value fit", () => {
    const declarations =
      "const Byte = struct({ size: 1, fields: { value: u8 } });\nconst bytes = array('bytes', { value: Byte, maxEntries: 1 });";
    const listing = selected(
      "const byte = bytes.lookup(0);\nif (byte !== null) byte.value = (a + 1) & 0xff;",
      declarations,
    );
    assert.ok(!listing.some((line) => line.includes("and32")), listing.join("\n"));
  });

  it("keeps a mask that clears more", () => {
    const declarations =
      "const Byte = struct({ size: 1, fields: { value: u8 } });\nconst bytes = array('bytes', { value: Byte, maxEntries: 1 });";
    const listing = selected("const byte = bytes.lookup(0);\nif (byte !== null) byte.value = a & 0x7f;", declarations);
    assert.ok(
      listing.some((line) => line.includes("and32 127")),
      listing.join("\n"),
    );
  });

  it("goes to the context from a register, as kernels before 6.3 want it", () => {
    const listing = linesOf(printed(filter("ctx.mark = 5;\nreturn 0;", "", "Skb"), "select"));
    assert.deepEqual(listing.slice(2), ["v1 = 5", "store u32 [v0 + 8] = v1", "return 0"]);
    const passed = "const mark = noinline((n: u32, ctx: Skb): u32 => {\nctx.mark = 5;\nreturn n;\n});";
    const inFunction = linesOf(printed(filter("return mark(1, ctx);", passed, "Skb"), "select"));
    assert.ok(!inFunction.some((line) => line.endsWith("= 5") && line.startsWith("store")), inFunction.join("\n"));
  });
});

describe("the status of a helper", () => {
  const declarations = "const map = array('map', { value: u32, maxEntries: 1 });";

  it("is trusted in its low half only, whose sign is extended where it is returned", () => {
    const listing = selected("return map.update(0, 1);", declarations);
    assert.deepEqual(listing.slice(-4), [
      "v0 = call map_update_elem(&map map, &slot0, &slot1, 0)",
      "v1 = v0 lsh64 32",
      "v2 = v1 arsh64 32",
      "return v2",
    ]);
  });

  it("is tested as it is", () => {
    const listing = selected("return map.update(0, 1) === 0 ? 1 : 2;", declarations);
    assert.ok(
      listing.some((line) => /^if v\d+ == 0 \(32 bits\)/.test(line)),
      listing.join("\n"),
    );
  });
});

describe("a place in memory", () => {
  const declarations =
    "const Far = struct({ size: 40008, fields: { fill: bytes(40000), n: u64 } });\nconst far = array('far', { value: Far, maxEntries: 1 });";

  it("beyond 16 bits of distance is reached by a pointer of its own", () => {
    const listing = selected("const value = far.lookup(0);\nif (value !== null) value.n = 7n;", declarations);
    assert.ok(
      listing.some((line) => /^v\d+ = v\d+ add64 40000$/.test(line)),
      listing.join("\n"),
    );
    assert.ok(
      listing.some((line) => /^store u64 \[v\d+\] = 7$/.test(line)),
      listing.join("\n"),
    );
  });

  it("that is found by a remainder is shown to the verifier", () => {
    const head = "const Head = struct({ size: 1, fields: { n: u8 } });";
    const text = filter("const head = ctx.at(ctx.length % 60, Head);\nreturn head === null ? 1 : head.n;", head);
    assert.ok(linesOf(printed(text, "select")).some((line) => /^if v\d+ u> 59 \(64 bits\)/.test(line)));
  });
});

describe("multiplication and division by powers of two", () => {
  it("are shifts and masks", () => {
    const listing = selected("args.out = a * 8 + Math.floor(b / 4) + (c % 16);").join("\n");
    for (const instruction of ["lsh32 3", "rsh32 2", "and32 15"]) assert.ok(listing.includes(instruction), listing);
  });

  it("go by 64 bits where the left side has more than 32", () => {
    const listing = selected("return Math.floor((a * 4096) / 8);").join("\n");
    assert.ok(listing.includes("rsh64 3"), listing);
  });
});
