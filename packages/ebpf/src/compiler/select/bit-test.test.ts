import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listInstructions } from "../../object/listing.ts";
import { compile } from "../index.ts";

/** The listing of a program that sees a header with fields of several kinds, without instruction numbers. */
function listingOf(body: string): string[] {
  const source = `import { i16, struct, u8, u16, u32, XDP_DROP, XDP_PASS, XDP_TX, type Xdp } from "@weir/ebpf";
const Head = struct({ order: "network", size: 10, fields: { word: u16, signed: i16, long: u32, byte: u8, other: u8 } });
export function program(ctx: Xdp): number {
  const head = ctx.at(0, Head);
  if (head === null) return XDP_PASS;
  ${body}
}`;
  const { programs } = compile("main.ts", { readSource: () => source });
  return listInstructions(programs[0]?.instructions ?? [])
    .split("\n")
    .map((line) => line.replace(/^ *\d+: /, ""));
}

describe("a test of bits", () => {
  // 0x3fff in the order of memory, read by a little-endian machine, is 0xff3f.
  it("swaps the mask instead of the field", () => {
    const listing = listingOf("if ((head.word & 0x3fff) !== 0) return XDP_DROP; return XDP_TX;");
    assert.ok(
      listing.some((line) => line.includes("& 0xff3f goto")),
      listing.join("\n"),
    );
    assert.ok(!listing.some((line) => line.includes("be16")), listing.join("\n"));
  });

  // 0x000000ff becomes 0xff000000, which no sign-extended immediate holds as a number, but as the low half of one.
  it("takes a swapped mask of 32 bits as an immediate", () => {
    const listing = listingOf("if ((head.long & 0xff) === 0) return XDP_DROP; return XDP_TX;");
    assert.ok(
      listing.some((line) => line.includes("& 0xff000000 goto") || line.includes("& -0x1000000 goto")),
      listing.join("\n"),
    );
  });

  it("leaves a signed field alone: its sign reaches bits that memory does not have", () => {
    const listing = listingOf("if ((head.signed & 0x10000) !== 0) return XDP_DROP; return XDP_TX;");
    assert.ok(
      listing.some((line) => line.includes("be16")),
      listing.join("\n"),
    );
  });
});

describe("a chain of tests of bits", () => {
  it("runs straight through where no bit is set", () => {
    const listing = listingOf(`const flags = head.byte;
  let next: u8 = head.other;
  if ((flags & 4) !== 0) next = 7;
  else if ((flags & 1) !== 0) next = 8;
  else if ((flags & 2) !== 0) next = 9;
  head.other = next;
  return XDP_TX;`);
    const first = listing.findIndex((line) => line.includes("& 0x4 goto"));
    const tests = listing.slice(first, first + 3).map((line) => line.replace(/^if \w+ & (\w+) goto .*/, "$1"));
    assert.deepEqual(tests, ["0x4", "0x1", "0x2"], listing.join("\n"));
  });

  it("leaves the order of a loop alone", () => {
    const listing = listingOf(`let sum: u32 = 0;
  for (let i = 0; i < 100; i++) {
    if ((head.byte & 4) !== 0) continue;
    sum = (sum + head.other) >>> 0;
  }
  head.long = sum;
  return XDP_TX;`);
    const back = listing.findIndex((line) => line.includes("goto pc-"));
    const behind = listing.findIndex((line) => line.startsWith("*(u32 *)"));
    assert.ok(back > 0 && back < behind, listing.join("\n"));
  });
});
