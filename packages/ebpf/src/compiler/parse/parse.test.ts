import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError, lineAndColumn } from "../diagnostic.ts";
import type { Expression, ModuleTree, Span, Statement } from "../tree.ts";
import { parse } from "./parse.ts";

function parseText(text: string): ModuleTree {
  return parse({ path: "test.ts", text });
}

/** "E130 1:5": rule, line and column of each refusal. */
function refusalsOf(text: string): readonly string[] {
  try {
    parseText(text);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(({ rule, at }) => {
      const { line, column } = lineAndColumn(at);
      return `${rule} ${line}:${column}`;
    });
  }
  return [];
}

/** The statements of a function around `text`, whose first character stands at 2:1. */
function statements(text: string): readonly Statement[] {
  return parseText(inFunction(text)).functions[0]?.body ?? [];
}

function inFunction(text: string): string {
  return `function f(a: u32, b: u32): u32 {\n${text}\n}`;
}

/** A statement without positions, for comparison with a tree written by hand. */
function shape(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(shape);
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => key !== "at")
      .map(([key, value]) => [key, shape(value)]),
  );
}

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

describe("parse: statements", () => {
  const cases: readonly { readonly text: string; readonly expected: readonly unknown[]; readonly why: string }[] = [
    {
      text: "a++;",
      expected: [{ kind: "assign", target: name("a"), operator: "+", value: integer(1) }],
      why: "x++ is x += 1",
    },
    {
      text: "--b;",
      expected: [{ kind: "assign", target: name("b"), operator: "-", value: integer(1) }],
      why: "--x is x -= 1",
    },
    {
      text: "a >>>= 3;",
      expected: [{ kind: "assign", target: name("a"), operator: ">>>", value: integer(3) }],
      why: "compound assignments keep their operator",
    },
    {
      text: "let x: u8 = 1, y = 2;",
      expected: [
        {
          kind: "declare",
          mutable: true,
          name: "x",
          type: { name: "u8", args: [], nullable: false },
          value: integer(1),
        },
        { kind: "declare", mutable: true, name: "y", type: null, value: integer(2) },
      ],
      why: "a declaration of two variables is two statements",
    },
    {
      text: "while (true) { break; }",
      expected: [{ kind: "for", init: [], test: null, update: [], body: [{ kind: "break" }] }],
      why: "while (true) is for (;;)",
    },
    {
      text: "if (a) return 1; else { ; }",
      expected: [{ kind: "if", test: name("a"), whenTrue: [{ kind: "return", value: integer(1) }], whenFalse: [] }],
      why: "branches are lists, with or without braces",
    },
    {
      text: "a = (b as const);",
      expected: [{ kind: "assign", target: name("a"), operator: null, value: name("b") }],
      why: "as const and parentheses leave no trace",
    },
    {
      text: "switch (a) { case 1: case 2: b = 1; break; case 3: { b = 2; break; } default: b = 3; }",
      expected: [
        {
          kind: "switch",
          subject: name("a"),
          cases: [
            {
              tests: [integer(1), integer(2)],
              isDefault: false,
              body: [{ kind: "assign", target: name("b"), operator: null, value: integer(1) }],
            },
            {
              tests: [integer(3)],
              isDefault: false,
              body: [
                { kind: "block", body: [{ kind: "assign", target: name("b"), operator: null, value: integer(2) }] },
              ],
            },
            {
              tests: [],
              isDefault: true,
              body: [{ kind: "assign", target: name("b"), operator: null, value: integer(3) }],
            },
          ],
        },
      ],
      why: "cases that share a body are one case, and the final break is dropped",
    },
    {
      text: "switch (a) { case 1: default: return 1; case 2: }",
      expected: [
        {
          kind: "switch",
          subject: name("a"),
          cases: [
            { tests: [integer(1)], isDefault: true, body: [{ kind: "return", value: integer(1) }] },
            { tests: [integer(2)], isDefault: false, body: [] },
          ],
        },
      ],
      why: "a default may share its body, and the last case may be empty",
    },
    {
      text: "switch (a) { case 1: if (b) break; else return 1; case 2: b = 1; }",
      expected: [
        {
          kind: "switch",
          subject: name("a"),
          cases: [
            {
              tests: [integer(1)],
              isDefault: false,
              body: [
                {
                  kind: "if",
                  test: name("b"),
                  whenTrue: [{ kind: "break" }],
                  whenFalse: [{ kind: "return", value: integer(1) }],
                },
              ],
            },
            {
              tests: [integer(2)],
              isDefault: false,
              body: [{ kind: "assign", target: name("b"), operator: null, value: integer(1) }],
            },
          ],
        },
      ],
      why: "a body may end inside both branches of an if",
    },
  ];
  for (const { text, expected, why } of cases) {
    it(`${text} (${why})`, () => assert.deepEqual(shape(statements(text)), expected));
  }
});

describe("parse: expressions", () => {
  /** Fully bracketed text of a tree, so that precedence can be read. */
  function show(tree: Expression): string {
    switch (tree.kind) {
      case "integer":
      case "boolean":
        return String(tree.value);
      case "bigint":
        return `${tree.value}n`;
      case "string":
        return JSON.stringify(tree.value);
      case "null":
        return "null";
      case "name":
        return tree.name;
      case "unary":
        return `(${tree.operator}${show(tree.operand)})`;
      case "binary":
      case "compare":
      case "logical":
        return `(${show(tree.left)} ${tree.operator} ${show(tree.right)})`;
      case "conditional":
        return `(${show(tree.test)} ? ${show(tree.whenTrue)} : ${show(tree.whenFalse)})`;
      case "member":
        return `${show(tree.object)}.${tree.property}`;
      case "call":
        return `${show(tree.callee)}(${tree.args.map(show).join(", ")})`;
      case "object":
        return `{${tree.properties.map((property) => `${property.name}: ${show(property.value)}`).join(", ")}}`;
      case "array":
        return `[${tree.elements.map(show).join(", ")}]`;
      case "arrow":
        return "=>";
    }
  }

  // The right column is worked by hand from the precedence table of ECMA-262.
  const cases: readonly (readonly [string, string])[] = [
    ["a + b * 2 - 1", "((a + (b * 2)) - 1)"],
    ["a & 1 === b", "(a & (1 === b))"],
    ["a << 2 + 1 >>> 0", "((a << (2 + 1)) >>> 0)"],
    ["a < b && !b || a !== -1", "(((a < b) && (!b)) || (a !== (-1)))"],
    ["a ? b : a ? 1 : 2", "(a ? b : (a ? 1 : 2))"],
    ["~a | b ^ a & 3", "((~a) | (b ^ (a & 3)))"],
    ["0xff_ff + 0b11 + 0o17 + 1e3", "(((65535 + 3) + 15) + 1000)"],
    ["0xffff_ffff_ffff_ffffn", "18446744073709551615n"],
    ["9007199254740991", "9007199254740991"],
    [
      'Math.floor(x.y.get(1)) === f({ a, b: [1, "s"] }, null, true)',
      '(Math.floor(x.y.get(1)) === f({a: a, b: [1, "s"]}, null, true))',
    ],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${text} as ${expected}`, () => {
      const [statement] = statements(`return ${text};`);
      const value = statement?.kind === "return" ? statement.value : null;
      assert.ok(value !== null);
      assert.equal(show(value), expected);
    });
  }
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

describe("parse: refusals", () => {
  // Each construct once; those that are a rule's own example are in rules/syntax.ts. Text, refusals.
  const atModuleLevel: readonly (readonly [string, ...string[]])[] = [
    ["const x = ;", "E100 1:11"],
    ["const a = 1; const a = 2;", "E100 1:20"],
    ["break;", "E100 1:1"],
    ["function f() { await x; }", "E100 1:16"],
    ['import x from "./x.ts";', "E102 1:8"],
    ['import "./x.ts";', "E102 1:1"],
    ['import {} from "./x.ts";', "E102 1:1"],
    ['import { "x-y" as x } from "./x.ts";', "E102 1:10"],
    ['import x from "./x.json" with { type: "json" };', "E102 1:1"],
    ['import x = require("./x.ts");', "E102 1:1"],
    ['import { x } from "@weir/ebpf/compiler";', "E101 1:1"],
    ['import { x } from "/x.ts";', "E101 1:1"],
    ['export * from "./x.ts";', "E103 1:1"],
    ['export { x } from "./x.ts";', "E103 1:1"],
    ["const x = 1; export { x as y };", "E103 1:23"],
    ["export { y };", "E103 1:10"],
    ["export default function f() {}", "E103 1:1"],
    ["enum Kind { data }", "E105 1:1"],
    ["namespace Kind {}", "E105 1:1"],
    ["declare const x: u8;", "E104 1:1"],
    ["declare function f(): u8;", "E104 1:1"],
    ["f();", "E104 1:1"],
    ["for (;;) {}", "E104 1:1"],
    ['"use strict";', "E104 1:1"],
    ["var x = 1;", "E120 1:1"],
    ["const { x } = y;", "E112 1:7"],
    ["const f = () => 1;", "E106 1:11"],
    ["const f = function () {};", "E106 1:11"],
    ["const f = noinline(() => 1, 2);", "E106 1:20"],
    ["const f = noinline<u8>(() => 1);", "E108 1:19"],
    ["const x = loop(4, (i) => 0, s);", "E106 1:19"],
    ["const x = [1];", "E135 1:11"],
    ["const x = table(u8, [1, , 2]);", "E135 1:21"],
    ["const x = struct({ f() {} });", "E135 1:20"],
    ["const x = struct({ [f]: 1 });", "E135 1:20"],
    ['const x = struct({ "f": 1 });', "E135 1:20"],
    ["const x = struct({ f: 1, f: 2 });", "E135 1:26"],
    ["const x = struct({ __proto__: y });", "E135 1:20"],
    ["const x = `a`;", "E136 1:11"],
    ["const x = tag`a`;", "E136 1:11"],
    ["const x = /a/;", "E136 1:11"],
    ["const x = 1e400;", "E141 1:11"],
    ["const x = 1e-3;", "E140 1:11"],
    ["const x = 1.0;", "E140 1:11"],
    ["function* f() {}", "E107 1:1"],
    ["function f(a?: u8) {}", "E109 1:12"],
    ["function f(...a: u8) {}", "E109 1:12"],
    ["function f(this: u8) {}", "E109 1:12"],
    ["function f({ a }: u8) {}", "E112 1:12"],
    ["function f(a: u8 | u16) {}", "E110 1:15"],
    ["function f(a: u8[]) {}", "E110 1:15"],
    ["function f(a: { b: u8 }) {}", "E110 1:15"],
    ["function f(a: x.y) {}", "E110 1:15"],
    ["function f(a: string) {}", "E110 1:15"],
    ["function f(a: Ref<{}>) {}", "E110 1:15"],
    ["function f(): a is u8 {}", "E110 1:15"],
    ["function f(): 0 | 2 {}", "E110 1:15"],
  ];
  const inFunctions: readonly (readonly [string, ...string[]])[] = [
    ["for (const x of a) b = x;", "E122 2:1"],
    ["for (const x in a) b = x;", "E122 2:1"],
    ["try { f(); } catch {}", "E123 2:1"],
    ["function g() {}", "E106 2:1"],
    ["class A {}", "E105 2:1"],
    ["type A = u8;", "E104 2:1"],
    ["let x; let y: u8;", "E121 2:5", "E121 2:12"],
    ["let [x] = a;", "E112 2:5"],
    ["[a] = b;", "E112 2:1"],
    ["({ a } = b);", "E112 2:2"],
    ["using x = a;", "E128 2:1"],
    ['"use strict";', "E128 2:1"],
    ["a;", "E127 2:1"],
    ["a ? f() : g();", "E127 2:1"],
    ["a && f();", "E127 2:1"],
    ["f(a = 1);", "E131 2:3"],
    ["f(a++);", "E131 2:3"],
    ["a = b = 1;", "E131 2:5"],
    ["a **= 2;", "E138 2:1"],
    ["a ||= 2;", "E138 2:1"],
    ["a ??= 2;", "E138 2:1"],
    ["a[0] = 1;", "E134 2:1"],
    ["(a as u8) = 1;", "E111 2:2"],
    ["a, b;", "E132 2:1"],
    ["return a != b;", "E130 2:8"],
    ["return a ?? b;", "E133 2:8"],
    ["return f?.(a);", "E133 2:8"],
    ["return undefined;", "E133 2:8"],
    ["return a!;", "E111 2:8"],
    ["return <u8>a;", "E111 2:8"],
    ["return a satisfies u8;", "E111 2:8"],
    ["return f<u8>(a);", "E108 2:9"],
    ["return +a;", "E138 2:8"],
    ["return typeof a;", "E138 2:8"],
    ["return void a;", "E138 2:8"],
    ["return a in b;", "E138 2:8"],
    ["return a instanceof b;", "E138 2:8"],
    ["return this;", "E139 2:8"],
    ["return import.meta;", "E139 2:8"],
    ['return import("./x.ts");', "E139 2:8"],
    ["return f()(a);", "E143 2:8"],
    ["return f(...a);", "E137 2:10"],
    ['return a + "s";', "E136 2:12"],
    ["return yield;", "E100 2:8"],
    ["for (;;) { continue outer; }", "E100 2:21"],
    ["switch (a) { case 1: b = 1; case 2: b = 2; case 3: }", "E125 2:14", "E125 2:29"],
    ["switch (a) { case 1: let x = 1; break; }", "E126 2:22"],
  ];
  for (const [text, ...expected] of atModuleLevel) {
    it(`${text} is ${expected.join(", ")}`, () => assert.deepEqual(refusalsOf(text), expected));
  }
  for (const [text, ...expected] of inFunctions) {
    it(`${text} in a function is ${expected.join(", ")}`, () =>
      assert.deepEqual(refusalsOf(inFunction(text)), expected));
  }
});
