/**
 * What random programs have found, each as the smallest program that showed it.
 */

export interface Regression {
  /** What holds now. */
  readonly title: string;
  /** What was wrong. */
  readonly was: string;
  readonly kind: "Xdp" | "Skb";
  readonly imports: string;
  /** Declarations before the program. */
  readonly declarations?: string;
  /** Body of `main(ctx)`. */
  readonly body: string;
  /** Verdict on the packet 0, 1, 2, … 63, worked by hand. */
  readonly verdict: number;
}

export const regressions: readonly Regression[] = [
  {
    title: "a constant shift amount counts by its low five bits",
    was: "x >> 33 was encoded as it stood, and instructions refuse amounts above 31",
    kind: "Xdp",
    imports: "",
    // 64 >> 33 is 64 >> 1, and 1 << 34 is 4.
    body: "const n = ctx.length; return (n >> 33) + (1 << (34 + (n & 0)));",
    verdict: 36,
  },
  {
    title: "fields of packed layouts on the stack lie anywhere",
    was: "a u32 at offset 6 was stored at once, and the verifier wants stack accesses aligned",
    kind: "Xdp",
    imports: "struct, u16, u32, u64, i16, bytes",
    declarations:
      'const Packed = struct({ order: "network", size: 23, fields: { mac: bytes(6), word: u32, odd: u16, low: bytes(1), signed: i16, wide: u64 } });',
    // 0x00000040 * 3 = 192; 64 * 2 = 128; -64 + 100 = 36; the wide one is 64 + 2^40, of which the low word is 64.
    body: `const p = Packed.make({ word: ctx.length * 3, odd: ctx.length * 2, signed: 0 - (ctx.length & 0xff), wide: BigInt(ctx.length) + 0x10000000000n });
return p.word + p.odd + (p.signed + 100) + Number(p.wide & 0xffffffffn);`,
    verdict: 192 + 128 + 36 + 64,
  },
  {
    title: "the verifier is shown the bound of a remainder",
    was: "an index n % 3 was refused: the verifier knows nothing of a remainder",
    kind: "Xdp",
    imports: "table, u8",
    declarations: "const weights = table(u8, [5, 7, 9]);",
    // 64 % 3 is 1.
    body: "return weights.at(ctx.length % 3);",
    verdict: 7,
  },
  {
    title: "the verifier is shown the bound of a shift by a variable",
    was: "a mask that changes nothing was left out, and the verifier gives up on 7 >>> n",
    kind: "Xdp",
    imports: "struct, u8",
    declarations: "const Byte = struct({ size: 1, fields: { value: u8 } });",
    // Byte 7 >>> (64 & 1) is 7.
    body: "const b = ctx.at((7 >>> (ctx.length & 1)) & 31, Byte); return b === null ? 0 : b.value;",
    verdict: 7,
  },
  {
    title: "the verifier is shown the bound of a mask when the other side brought the range down",
    was: "(1 / n) & word is 0 or 1 for us and a whole word for the verifier, which refused the offset",
    kind: "Xdp",
    imports: "struct, u8, u16",
    declarations:
      "const Byte = struct({ size: 1, fields: { value: u8 } });\nconst Word = struct({ size: 2, fields: { value: u16 } });",
    // 1 / 1 is 1, and the word of bytes 3 and 4 is odd.
    body: `const one = Math.floor(1 / ((ctx.length & 1) + 1));
const w = ctx.at(3, Word);
if (w === null) return 99;
const b = ctx.at(one & w.value, Byte);
return b === null ? 98 : b.value;`,
    verdict: 1,
  },
  {
    title: "the verifier is shown the bound of a swapped word",
    was: "an offset from a field in network order was refused",
    kind: "Xdp",
    imports: "struct, u8, u16",
    declarations:
      'const Byte = struct({ size: 1, fields: { value: u8 } });\nconst Word = struct({ order: "network", size: 2, fields: { value: u16 } });',
    // Bytes 2 and 3 are 0x0203, half of which is beyond the packet; of bytes 0 and 1 it is 0.
    body: `const near = ctx.at(0, Word);
const far = ctx.at(2, Word);
if (near === null || far === null) return 99;
const b = ctx.at((near.value >>> 1) + 4, Byte);
const beyond = ctx.at(far.value >>> 1, Byte);
return b === null || beyond !== null ? 98 : b.value;`,
    verdict: 4,
  },
  {
    title: "a function that nothing calls any more is left out",
    was: "the verifier counts functions by their calls, and refused the program",
    kind: "Xdp",
    imports: "noinline, u32",
    declarations: "const double = noinline((n: u32): u32 => (n * 2) >>> 0);",
    body: "let on = false; if (on) return double(ctx.length); return 3;",
    verdict: 3,
  },
  {
    title: "far constant offsets reach as far as near ones",
    was: "an offset above 32767 did not fit the 16 bits of a load",
    kind: "Xdp",
    imports: "struct, u8",
    declarations: "const Byte = struct({ size: 1, fields: { value: u8 } });",
    body: "const b = ctx.at(40000, Byte); return b === null ? 4 : b.value;",
    verdict: 4,
  },
  {
    title: "an instance is indexed in a function of its own",
    was: "index + fp was taken for the caller's stack, which here holds a pointer",
    kind: "Xdp",
    imports: "array, noinline, struct, u8, u16, u32, bytes, hash",
    declarations: `const Pair = struct({ size: 8, fields: { first: u32, rest: bytes(4) } });
const pairs = hash("pairs", { key: u32, value: Pair, maxEntries: 2 });
const chosen = noinline((n: u32): u32 => {
  const pair = Pair.make({ first: n });
  pair.rest.set(n & 3, 6);
  return pair.rest.get((n + 0) & 3);
});`,
    body: `const found = pairs.lookup(1);
const second = pairs.lookup(2);
const value = chosen(ctx.length);
if (found !== null && second !== null) return found.first + second.first;
return value;`,
    verdict: 6,
  },
  {
    title: "references are taken anew on every way behind a join of a packet that moved on one of them",
    was: "each branch loaded the bounds for itself, and no reference survived their join (refused, E403)",
    kind: "Xdp",
    imports: "struct, u8, type Ref",
    declarations: "const Byte = struct({ size: 1, fields: { value: u8 } });",
    // The head moves by two bytes; then byte 3 of what is left is byte 5.
    body: `if (ctx.length > 20) { if (ctx.adjustHead(2) !== 0) return 90; }
let r: Ref<typeof Byte> | null = null;
if (ctx.length > 30) { r = ctx.at(3, Byte); } else { r = ctx.at(4, Byte); }
return r === null ? 91 : r.value;`,
    verdict: 5,
  },
  {
    title: "the mark of a packet keeps 32 bits",
    was: "V8 gave back the -1 that was stored",
    kind: "Skb",
    imports: "",
    body: "ctx.mark = -1; return ctx.mark === 0xffffffff ? 2 : 0;",
    verdict: 2,
  },
];

export function sourceOf({ kind, imports, declarations = "", body }: Regression): string {
  const names = [imports, `type ${kind}`].filter((list) => list !== "").join(", ");
  const map = declarations.includes("hash(") ? "export " : "";
  return `import { ${names} } from "@weir/ebpf";
${declarations.replace("const pairs", `${map}const pairs`)}
export function main(ctx: ${kind}): number {
${body}
}
`;
}
