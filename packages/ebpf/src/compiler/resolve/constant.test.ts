import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XDP_DROP } from "../../language/index.ts";
import { anywhere, bind, main, mainScope, refusalsIn, resolveFiles } from "./testing/programs.ts";

/** The value of a constant expression; `imports` names what it needs of the language. */
function evaluate(expression: string, imports = "u32"): number | bigint | boolean | string {
  const binding = bind(`import { ${imports} } from "@weir/ebpf";\nconst value = ${expression};`, "value");
  assert.ok("value" in binding, `${expression} is a ${binding.kind}`);
  return binding.value;
}

describe("resolve: constants are computed as JavaScript does", () => {
  // Worked by hand: ECMA-262 ToInt32 for the bit operators, 2^32 = 4294967296.
  const cases: readonly (readonly [string, number | bigint | boolean | string])[] = [
    ["1 + 2 * 3", 7],
    ["-5 - 3", -8],
    ["1 << 31", -2147483648],
    ["(1 << 31) >>> 0", 2147483648],
    ["0xffffffff | 0", -1],
    ["4294967297 & 3", 1],
    ["~0", -1],
    ["1 << 33", 2],
    ["-8 >> 1", -4],
    ["Math.floor(7 / 2)", 3],
    ["(7 / 2) >>> 0", 3],
    ["7 % 4", 3],
    ["Math.min(3, 2) + Math.max(3, 2)", 5],
    ["Math.imul(0x10001, 0x10000)", 65536],
    ["-0", 0],
    ["9007199254740991 + 1", 9007199254740992],
    ["1n << 63n", 9223372036854775808n],
    ["18446744073709551615n - 1n", 18446744073709551614n],
    ["7n / 2n", 3n],
    ["BigInt(5) * 2n", 10n],
    ["Number(1n << 53n)", 9007199254740992],
    ["1 < 2 && !(2n >= 3n)", true],
    ["true === false || 1 !== 1", false],
    ["1 === 1 ? 10 : 1 << 1", 10],
    ['"name"', "name"],
  ];
  for (const [expression, expected] of cases) {
    it(`${expression} is ${expected}`, () => assert.equal(evaluate(expression), expected));
  }

  it("has no negative zero, which would be another value than 0 only in V8", () => {
    assert.ok(Object.is(evaluate("-0"), 0));
    assert.ok(Object.is(evaluate("0 * -1"), 0));
  });

  it("calls the pure functions of the language", () => {
    assert.equal(evaluate("swap16(0x0800)", "swap16"), 8);
    assert.equal(evaluate("swap32(0x0a000001)", "swap32"), 0x0100000a);
    assert.equal(evaluate("u64wrap(0n - 1n)", "u64wrap"), 18446744073709551615n);
  });

  it("knows constants of the language, of other modules under another name, and of lines above", () => {
    const files = {
      "main.ts": main('import { BASE as START } from "./lib/base.ts";\nconst a = START + 1;\nconst b = a * XDP_PASS;'),
      "lib/base.ts": 'import { STEP } from "../step.ts";\nexport const BASE = STEP * 10;\n',
      "step.ts": "export const STEP = 2;\n",
    };
    const program = resolveFiles(files);
    // (2 * 10 + 1) * XDP_PASS, which is 2.
    assert.deepEqual(mainScope(program).lookup("b", anywhere), { kind: "integer", value: 42 });
    assert.deepEqual(
      program.modules.map(({ tree }) => tree.source.path),
      ["step.ts", "lib/base.ts", "main.ts"],
    );
    assert.equal(XDP_DROP, 1);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["9007199254740991 + 2", "E208"],
    ["1 - 9007199254740991 - 9007199254740991", "E208"],
    ["7 / 2", "E208"],
    ["Math.floor(7 / 0)", "E208"],
    ["Math.floor(-7 / 2)", "E208"],
    ["7 % 0", "E208"],
    ["1n / 0n", "E208"],
    ["0n - 1n", "E208"],
    ["-1n", "E208"],
    ["1n << 64n", "E208"],
    ["(0n - 1n) >> 1n", "E208"],
    ["(0n - 1n) < 1n", "E208"],
    ["BigInt(-1)", "E208"],
    ["Number((1n << 53n) + 1n)", "E208"],
    ["1 + 1n", "E207"],
    ["1 === 1n", "E207"],
    ["1n >>> 1n", "E207"],
    ["!1", "E207"],
    ["1 ? 2 : 3", "E207"],
    ["~1n", "E207"],
    ["null", "E207"],
    ["u32", ""],
    ["Math.sqrt(4)", "E207"],
    ["Math.min(1, 2, 3)", "E207"],
    ["f()", "E207"],
    ["f", "E207"],
    ["Math", "E207"],
    ["missing", "E204"],
    ["value", "E205"],
    ["later", "E205"],
    ["ktimeNs()", "E209"],
    ['array("m", 3)', "E209"],
  ];
  for (const [expression, rule] of refused) {
    it(`${expression} is ${rule === "" ? "accepted" : `refused by ${rule}`}`, () => {
      const text = `import { array, ktimeNs, u32 } from "@weir/ebpf"; function f(): u32 { return 1; }\nconst value = ${expression};\nconst later = 1;`;
      const rules = refusalsIn(text).map((refusal) => refusal.slice(0, 4));
      assert.deepEqual(rules, rule === "" ? [] : [rule]);
    });
  }

  it("reports a constant that is refused once, and nothing of what depends on it", () => {
    assert.deepEqual(refusalsIn("const a = 1 / 2;\nconst b = a + 1;\nconst c = b + a;"), ["E208 main.ts 2:11"]);
  });
});
