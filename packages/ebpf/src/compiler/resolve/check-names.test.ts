import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main, refusalsIn, refusalsOf } from "./testing/programs.ts";

describe("resolve: names", () => {
  const cases: readonly { readonly text: string; readonly expected: readonly string[]; readonly why: string }[] = [
    { text: "function f(a: int): int {\n  return b;\n}", expected: ["E204 main.ts 3:10"], why: "an unknown name" },
    {
      text: "function f(a: int): int {\n  a = 1;\n  let b = a;\n  b += 1;\n  return b;\n}",
      expected: [],
      why: "parameters and variables are assigned",
    },
    {
      text: "const c = 1;\nfunction f(): void {\n  c += 1;\n  f = 1;\n}",
      expected: ["E206 main.ts 4:3", "E206 main.ts 5:3"],
      why: "module names are not",
    },
    {
      text: "function f(): int {\n  { const a = 1; }\n  return a;\n}",
      expected: ["E204 main.ts 4:10"],
      why: "a block ends its names",
    },
    {
      text: "const a = 1;\nfunction f(): int {\n  const b = a;\n  const a = 2;\n  return b;\n}",
      expected: ["E205 main.ts 4:13"],
      why: "a local name hides the module's from the start of its block, as in V8",
    },
    {
      text: "function f(): int {\n  let n = 0;\n  for (let i = 0; i < 4; i++) n += i;\n  return i;\n}",
      expected: ["E204 main.ts 5:10"],
      why: "a loop ends the names of its head",
    },
    {
      text: "function f(n: int): int {\n  switch (m) {\n    case k:\n      return n;\n  }\n  return 0;\n}",
      expected: ["E204 main.ts 3:11", "E204 main.ts 4:10"],
      why: "the parts of a switch are looked at",
    },
    {
      text: "const g = noinline((a: int): int => b);",
      expected: ["E204 main.ts 2:37"],
      why: "the arrows of noinline are looked at",
    },
    {
      text: "function f(): int {\n  return g();\n}\nfunction g(): int {\n  return LAST;\n}\nconst LAST = 1;",
      expected: [],
      why: "functions see all names of their module",
    },
    {
      text: "function f(n: Missing, m: Ref<typeof f>, k: u8 | null): void {}",
      expected: ["E210 main.ts 2:15", "E210 main.ts 2:27", "E210 main.ts 2:45"],
      why: "types are looked at",
    },
  ];
  for (const { text, expected, why } of cases) {
    it(`${why}: ${text.replaceAll(/\s+/g, " ")}`, () => {
      // Appended to the line of imports, so that line numbers are those of the text.
      const file = main(text).replace("type Xdp", "noinline, type Ref, type Xdp, type int, type u8");
      assert.deepEqual(refusalsOf({ "main.ts": file }), expected);
    });
  }

  it("refuses a name of the language that it does not have, once", () => {
    const text = 'import { struckt } from "@weir/ebpf";\nconst a = struckt({});';
    assert.deepEqual(refusalsIn(text), ["E202 main.ts 2:10"]);
  });
});
