import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generateProgram, printProgram } from "./generate.ts";

/** Every construct that random programs are to cover: a piece of its text, or how it looks. */
const CONSTRUCTS: readonly (string | RegExp)[] = [
  ...["u8", "u16", "u32", "i8", "i16", "i32", "int", "u64"].map((type) => new RegExp(`let v\\d+: ${type} =`)),
  ...["+", "-", "*", "%", "&", "|", "^", "<<", ">>", ">>>"].map(between),
  ...["===", "!==", "<", "<=", ">", ">=", "&&", "||"].map(between),
  ...["Math.floor(", "Math.imul(", "Math.min(", "Math.max(", "swap16(", "swap32(", "!(", "(~", "(-"],
  ...["u64wrap(", "BigInt(", "Number(", "| 1n)", "& 63n)"],
  / \/ .*\) >>> 0\)/,
  / \? .* : /,
  /let v\d+ = .*n/,
  /let flag\d+ = /,
  /\w(?:\+\+|--);/,
  ...["+=", "-=", "*=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "/=", "%="].map((operator) => ` ${operator} `),
  ...["} else {", "} else if (", "default: {", "for (let ", "while (", "break;", "continue;"],
  /case -?\d+:\n\s*case/,
  ...[" loop(", " = noinline((", "): boolean {", "): void", "return null;", "return redirect("],
  /\): Ref<typeof \w+> \| null \{/,
  /ctx: (?:Xdp|Skb)\): /,
  /ctx\.at\(\d+, /,
  ...["ctx.at((", "ctx.adjustHead(", "ctx.adjustTail(", "ctx.pullData(", "ctx.storeBytes(", "ctx.loadBytes("],
  ...["ctx.mark = ", "ctx.priority = ", "ctx.length", "ctx.args", "ktimeNs(", "randomU32(", "cpuId("],
  ...['order: "network"', 'order: "host"', "raw16", "raw32", ": Inner", ".get(", ".set(", ".equals(", ".make({ "],
  ...[" copy(", "equal(", ".ref()", "cfg.on", "cfg.hops", "preallocate: false"],
  /let c\d+: Ref<typeof \w+> \| null/,
  /table\d+\.at\(/,
  ...["array", "percpuArray", "hash", "lruHash", "percpuHash", "lpmTrie", "queue", "stack"].map(
    (kind) => `= ${kind}("`,
  ),
  ...['= arrayOfMaps("', '= hashOfMaps("'],
  ...["lookup", "update", "delete", "push", "pop", "peek", "forEach"].map((method) => `.${method}(`),
  /\.update\(.*, BPF_(?:NOEXIST|EXIST)\)/,
  ...["Add", "Or", "And", "Xor", "FetchAdd", "Exchange", "CompareExchange"].map((name) => `atomic${name}(`),
];

/** An operator between two operands. */
function between(operator: string): RegExp {
  return new RegExp(`[\\w)] ${operator.replace(/[*+^|?]/g, "\\$&")} [\\w(]`);
}

describe("generated programs", () => {
  it("are the same for the same seed", () => {
    const [one, other] = [generateProgram(5), generateProgram(5)];
    assert.equal(printProgram(one.text), printProgram(other.text));
    assert.deepEqual(one.inputs, other.inputs);
    assert.deepEqual(one.fills, other.fills);
  });

  const programs = Array.from({ length: 400 }, (_, seed) =>
    printProgram(generateProgram(seed).text).replace(/^import.*/, ""),
  );
  for (const construct of CONSTRUCTS) {
    it(`cover ${construct}`, () => {
      const isThere = (text: string): boolean =>
        typeof construct === "string" ? text.includes(construct) : construct.test(text);
      assert.ok(programs.some(isThere), "none of 400 programs has it");
    });
  }
});
