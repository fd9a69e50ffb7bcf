import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Span } from "../tree.ts";
import { inFunction, parseText, refusalsOf, shape } from "./testing/texts.ts";

const name = (text: string) => ({ kind: "name", name: text });
const integer = (value: number) => ({ kind: "integer", value });

describe("parse: modules", () => {
  it("reads imports with their local names, and tells types from values", () => {
    const { imports } = parseText('import { a as b, type T } from "./x.ts";\nimport type { u8 } from "@weir/ebpf";');
    assert.deepEqual(shape(imports), [
      {
        from: "./x.ts",
        names: [
          { imported: "a", local: "b", isType: false },
          { imported: "T", local: "T", isType: true },
        ],
      },
      { from: "@weir/ebpf", names: [{ imported: "u8", local: "u8", isType: true }] },
    ]);
  });

  it("marks what is exported, at its declaration or by an export list", () => {
    const tree = parseText(
      "export const a = 1; const b = 2, c = 3; export { c }; export function f() {} function g() {}",
    );
    const exported = [...tree.constants, ...tree.functions].filter((one) => one.exported).map((one) => one.name);
    assert.deepEqual(exported, ["a", "c", "f"]);
  });

  it("keeps type aliases that have a name and drops what only TypeScript sees", () => {
    const { aliases } = parseText(
      "type Flow = Ref<typeof Flow> | null; interface Shape { a: number } type Pair = { a: u8 }; type Id<T> = T; export type { Flow, Shape };",
    );
    assert.deepEqual(shape(aliases), [
      {
        name: "Flow",
        type: { name: "Ref", args: [{ name: "Flow", args: [], nullable: false }], nullable: true },
      },
    ]);
  });

  it("names the arrow of noinline after its constant and turns an expression body into a return", () => {
    const [constant] = parseText("const half = noinline((n: u32): u32 => n >> 1);").constants;
    assert.deepEqual(shape(constant?.value), {
      kind: "call",
      callee: name("noinline"),
      args: [
        {
          kind: "arrow",
          fn: {
            name: "half",
            params: [{ name: "n", type: { name: "u32", args: [], nullable: false } }],
            result: { name: "u32", args: [], nullable: false },
            body: [{ kind: "return", value: { kind: "binary", operator: ">>", left: name("n"), right: integer(1) } }],
          },
        },
      ],
    });
  });

  it("reads the result 0 | 1 of a callback as one type, in either order", () => {
    const { functions } = parseText("function f(): 0 | 1 { return 0; } function g(): 1 | 0 { return 1; }");
    assert.deepEqual(
      functions.map(({ result }) => result?.name),
      ["0 | 1", "0 | 1"],
    );
  });
});

describe("parse: positions", () => {
  it("counts in UTF-16 units, behind a byte order mark and characters outside the first plane", () => {
    const text = '\ufeff// 😀\nconst é = "😀", next = 7;';
    const [, constant] = parseText(text).constants;
    const slice = (at: Span | undefined) => text.slice(at?.start, at?.end);
    assert.equal(slice(constant?.at), "next = 7");
    assert.equal(slice(constant?.value.at), "7");
    assert.deepEqual(refusalsOf('const é = "😀", next = 7.5;'), ["E140 1:24"]);
  });

  it("gives every refusal of a module at once, each at its own place", () => {
    const text = "let state = 1;\nfunction f(a: any) {\n  var x = a == 1;\n  return x?.y;\n}\n";
    assert.deepEqual(refusalsOf(text), ["E104 1:1", "E110 2:15", "E120 3:3", "E130 3:11", "E133 4:10"]);
  });

  it("points at the offending bracket when a text nests too deeply for the parser", () => {
    assert.deepEqual(refusalsOf(`const x = ${"(".repeat(100_000)}`), ["E144 1:211"]);
    assert.deepEqual(refusalsOf(`// ${"(".repeat(300)}\nconst x = "${"[".repeat(300)}";`), []);
  });

  it("refuses a tree that is deeper than later phases can follow, without brackets too", () => {
    assert.deepEqual(
      refusalsOf(inFunction(`return ${"~".repeat(3000)}a;`)).map((text) => text.slice(0, 4)),
      ["E144"],
    );
  });
});
