import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FibLookup, XDP_DROP } from "../../language/index.ts";
import { CompileError, lineAndColumn } from "../diagnostic.ts";
import type { Span, TypeName } from "../tree.ts";
import type { ConfigValues } from "./configuration.ts";
import type { Binding, LanguageType, ModuleScope, Program } from "./program.ts";
import { resolve } from "./resolve.ts";

type Files = Readonly<Record<string, string>>;

/** A module that is a program, after the given declarations. */
function main(declarations: string): string {
  return `import { XDP_PASS, type Xdp } from "@weir/ebpf";\n${declarations}\nexport function program(ctx: Xdp): number {\n  return XDP_PASS;\n}\n`;
}

function resolveFiles(files: Files, values: ConfigValues = {}): Program {
  return resolve("main.ts", (path) => (Object.hasOwn(files, path) ? files[path] : undefined), values);
}

function mainScope(program: Program): ModuleScope {
  const scope = program.modules.at(-1);
  assert.ok(scope !== undefined);
  return scope;
}

const anywhere: Span = { source: { path: "test.ts", text: "" }, start: 0, end: 0 };

/** What `name` is bound to after the declarations. */
function bind(declarations: string, name: string, values: ConfigValues = {}): Binding {
  return mainScope(resolveFiles({ "main.ts": main(declarations) }, values)).lookup(name, anywhere);
}

/** The value of a constant expression; `imports` names what it needs of the language. */
function evaluate(expression: string, imports = "u32"): number | bigint | boolean | string {
  const binding = bind(`import { ${imports} } from "@weir/ebpf";\nconst value = ${expression};`, "value");
  assert.ok("value" in binding, `${expression} is a ${binding.kind}`);
  return binding.value;
}

/** "E204 main.ts 3:1": rule, path, line and column of each refusal. */
function refusalsOf(files: Files): readonly string[] {
  try {
    resolveFiles(files);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(({ rule, at }) => {
      const { line, column } = lineAndColumn(at);
      return `${rule} ${at.source.path} ${line}:${column}`;
    });
  }
  return [];
}

/** Refusals of declarations, whose first line is line 2 of the module. */
const refusalsIn = (declarations: string) => refusalsOf({ "main.ts": main(declarations) });

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

describe("resolve: declarations are the language's own", () => {
  const declarations = `import { array, bytes, cell, config, hash, noinline, struct, table, u8, u32, u64 } from "@weir/ebpf";
const mac = bytes(6);
const Flow = struct({ order: "network", size: 8, source: "a test", fields: { mac, port: u8, rest: u8 } });
const flows = hash("flows", { key: Flow, value: u64, maxEntries: 1 << 4 });
const stats = array("stats", { value: Flow, maxEntries: 2 });
const total = cell("total", Flow);
const weights = table(u32, [1, 2, 1 + 2]);
const half = noinline((n: u32): u32 => n >> 1);
function twice(n: u32): u32 { return n * 2; }
const twiceApart = noinline(twice);
const size = Flow.size * 2;`;

  it("makes layouts that know the name of their constant", () => {
    const program = resolveFiles({ "main.ts": main(declarations) });
    const flow = mainScope(program).lookup("Flow", anywhere);
    assert.ok(flow.kind === "layout");
    assert.equal(flow.name, "Flow");
    assert.equal(program.layoutNames.get(flow.layout), "Flow");
    const fields = flow.layout.fields.map(({ name, offset }) => `${name} ${offset}`);
    assert.deepEqual([flow.layout.order, flow.layout.size, ...fields], ["network", 8, "mac 0", "port 6", "rest 7"]);
  });

  it("makes maps, cells, tables, fields and functions", () => {
    const scope = mainScope(resolveFiles({ "main.ts": main(declarations) }));
    const get = (name: string) => scope.lookup(name, anywhere);
    const flow = get("Flow");
    const flows = get("flows");
    assert.ok(flows.kind === "map" && flow.kind === "layout");
    assert.deepEqual([flows.map.kind, flows.map.name, flows.map.maxEntries], ["hash", "flows", 16]);
    assert.equal(flows.map.key, flow.layout);
    const stats = get("stats");
    assert.ok(stats.kind === "map" && stats.map.value === flow.layout && stats.map.kind === "array");
    const total = get("total");
    assert.ok(total.kind === "cell" && total.map.value === flow.layout);
    const weights = get("weights");
    assert.ok(weights.kind === "table");
    assert.deepEqual(weights.table.values, [1, 2, 3]);
    assert.deepEqual(get("mac"), {
      kind: "field",
      field: { kind: "vector", element: { kind: "int", bits: 8, signed: false, raw: false }, length: 6 },
    });
    const half = get("half");
    assert.ok(half.kind === "function" && half.noinline && half.tree.name === "half");
    const twice = get("twice");
    assert.ok(twice.kind === "function" && !twice.noinline && twice.scope === scope);
    const apart = get("twiceApart");
    assert.ok(apart.kind === "function" && apart.noinline && apart.tree.name === "twiceApart");
    assert.deepEqual(get("size"), { kind: "integer", value: 16 });
  });

  it("binds functions of the language under the name they have there, and globals", () => {
    const scope = mainScope(
      resolveFiles({ "main.ts": main('import { FibLookup, ktimeNs as now } from "@weir/ebpf";') }),
    );
    assert.deepEqual(scope.lookup("now", anywhere), { kind: "intrinsic", name: "ktimeNs" });
    assert.deepEqual(scope.lookup("Math", anywhere), { kind: "intrinsic", name: "Math" });
    assert.deepEqual(scope.lookup("FibLookup", anywhere), { kind: "layout", layout: FibLookup, name: "FibLookup" });
  });

  it("tells what the language says at the declaration: what is wrong, and how to fix it", () => {
    const text = main(
      'import { struct, u8 } from "@weir/ebpf";\nconst Pair = struct({ size: 3, fields: { a: u8, b: u8 } });',
    );
    assert.throws(
      () => resolveFiles({ "main.ts": text }),
      (error) => {
        assert.ok(error instanceof CompileError);
        const [diagnostic] = error.diagnostics;
        assert.match(diagnostic?.got ?? "", /^Cannot declare a layout of 3 bytes: its fields add up to 2 .*\.$/);
        assert.match(diagnostic?.write ?? "", /^Correct the size/);
        return true;
      },
    );
  });
});

describe("resolve: configuration", () => {
  const declarations = `import { config } from "@weir/ebpf";
const cfg = config({ nat: true, maxHops: 3, limit: 10n });
const hops = cfg.nat ? cfg.maxHops * 2 : 0;`;

  it("has the declared defaults", () => {
    const cfg = bind(declarations, "cfg");
    assert.ok(cfg.kind === "config");
    assert.deepEqual(cfg.values, { nat: true, maxHops: 3, limit: 10n });
  });

  it("takes the values that the compiler is given, in constants too", () => {
    const cfg = bind(declarations, "cfg", { maxHops: 5 });
    assert.ok(cfg.kind === "config");
    assert.deepEqual(cfg.values, { nat: true, maxHops: 5, limit: 10n });
    assert.deepEqual(bind(declarations, "hops", { maxHops: 5 }), { kind: "integer", value: 10 });
    assert.deepEqual(bind(declarations, "hops", { nat: false }), { kind: "integer", value: 0 });
  });

  const wrong: readonly { readonly values: ConfigValues; readonly message: RegExp }[] = [
    {
      values: { hops: 1 },
      message: /Cannot configure hops: the program has no such property, it declares nat, maxHops, limit\./,
    },
    { values: { nat: 1 }, message: /Cannot set nat to 1 \(number\): its default true is a boolean\./ },
    { values: { maxHops: 1.5 }, message: /Cannot set maxHops to 1\.5: it is not an integer/ },
    { values: { limit: -1n }, message: /Cannot set limit to -1: it is not an integer that a register holds exactly/ },
  ];
  for (const { values, message } of wrong) {
    it(`refuses ${Object.entries(values).join()}, and says why`, () => {
      assert.throws(() => bind(declarations, "cfg", values), message);
    });
  }

  it("refuses values for a program that declares no configuration", () => {
    assert.throws(() => resolveFiles({ "main.ts": main("") }, { nat: true }), /it declares no configuration/);
  });
});

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

describe("resolve: modules", () => {
  it("tells all that is wrong with the modules, parsing included", () => {
    const files = {
      "main.ts": main('import { a } from "./a.ts";\nimport { b } from "./b.ts";'),
      "a.ts": "export const a = 1 == 2;\n",
    };
    assert.deepEqual(refusalsOf(files), ["E130 a.ts 1:18", "E200 main.ts 3:1"]);
  });

  it("names the whole circle", () => {
    const files = {
      "main.ts": main('import { a } from "./x/a.ts";'),
      "x/a.ts": 'import { b } from "./b.ts";\nexport const a = 1;\n',
      "x/b.ts": 'import { a } from "./a.ts";\nexport const b = 1;\n',
    };
    assert.throws(() => resolveFiles(files), /an import cycle: x\/a\.ts → x\/b\.ts → x\/a\.ts \[E201\]/);
  });

  it("says that the entry module is not there", () => {
    assert.throws(() => resolveFiles({}), /main\.ts:1:1: there is no source main\.ts \[E200\]/);
  });

  it("reads a module that two others import once", () => {
    const files: Files = {
      "main.ts": main('import { a } from "./a.ts";\nimport { b } from "./b.ts";\nconst c = a + b;'),
      "a.ts": 'import { n } from "./n.ts";\nexport const a = n;\n',
      "b.ts": 'import { n } from "./n.ts";\nexport const b = n;\n',
      "n.ts": "export const n = 1;\n",
    };
    const read: string[] = [];
    resolve("main.ts", (path) => {
      read.push(path);
      return files[path];
    });
    assert.deepEqual(read.toSorted(), ["a.ts", "b.ts", "main.ts", "n.ts"]);
  });

  it("lets interfaces be imported, which leave no trace", () => {
    const files = {
      "main.ts": main('import type { Shape } from "./shape.ts";\nimport { type Other } from "./shape.ts";'),
      "shape.ts": "export interface Shape { readonly a: number }\nexport type Other = { readonly a: number };\n",
    };
    assert.deepEqual(refusalsOf(files), []);
  });
});

describe("resolve: types", () => {
  const files = {
    "main.ts": main(
      'import { struct, u8, type Ref, type Skb, type Syscall } from "@weir/ebpf";\nimport type { Flow as Connection } from "./flow.ts";\nimport { Flow } from "./flow.ts";\nconst Args = struct({ size: 1, fields: { a: u8 } });\ntype Maybe = Connection | null;\ntype Loop = Loop;',
    ),
    "flow.ts":
      'import { struct, u8, type Ref } from "@weir/ebpf";\nexport const Flow = struct({ size: 1, fields: { a: u8 } });\nexport type Flow = Ref<typeof Flow>;\n',
  };
  const scope = mainScope(resolveFiles(files));
  const type = (name: string, args: readonly TypeName[] = [], nullable = false): TypeName => ({
    name,
    args,
    nullable,
    at: anywhere,
  });
  const layout = (name: string) => {
    const binding = scope.lookup(name, anywhere);
    assert.ok(binding.kind === "layout");
    return binding.layout;
  };

  const cases: readonly { readonly written: string; readonly type: TypeName; readonly expected: LanguageType }[] = [
    { written: "u8", type: type("u8"), expected: { kind: "int", bits: 8, signed: false } },
    { written: "number", type: type("number"), expected: { kind: "number" } },
    { written: "bigint", type: type("bigint"), expected: { kind: "u64" } },
    { written: "boolean", type: type("boolean"), expected: { kind: "boolean" } },
    { written: "void", type: type("void"), expected: { kind: "void" } },
    { written: "0 | 1", type: type("0 | 1"), expected: { kind: "int", bits: 1, signed: false } },
    {
      written: "Ref<typeof Args> | null",
      type: type("Ref", [type("Args")], true),
      expected: { kind: "ref", layout: layout("Args"), name: "Args", nullable: true },
    },
    {
      written: "Connection, an alias of another module",
      type: type("Connection"),
      expected: { kind: "ref", layout: layout("Flow"), name: "Flow", nullable: false },
    },
    {
      written: "Maybe, an alias of that",
      type: type("Maybe"),
      expected: { kind: "ref", layout: layout("Flow"), name: "Flow", nullable: true },
    },
    { written: "Skb", type: type("Skb"), expected: { kind: "context", program: "Skb", args: null } },
    {
      written: "Syscall<typeof Args>",
      type: type("Syscall", [type("Args")]),
      expected: { kind: "context", program: "Syscall", args: layout("Args") },
    },
  ];
  for (const { written, type: name, expected } of cases) {
    it(`resolves ${written}`, () => assert.deepEqual(scope.resolveType(name), expected));
  }
  for (const [written, name] of [
    ["u16, which is not imported", type("u16")],
    ["Ref without a layout", type("Ref")],
    ["u8 | null", type("u8", [], true)],
    ["an alias of itself", type("Loop")],
  ] as const) {
    it(`refuses ${written}`, () => assert.throws(() => scope.resolveType(name), /\[E210\]/));
  }
});

describe("resolve: programs", () => {
  it("are the exported functions of the entry module whose only parameter is a context", () => {
    const text = `import { struct, u8, TCX_PASS, SK_PASS, XDP_PASS } from "@weir/ebpf";
import type { Ref, SkLookup, SkMsg, SkSkbParser, SkSkbVerdict, Skb, Syscall, Xdp, int } from "@weir/ebpf";
const Args = struct({ size: 1, fields: { a: u8 } });
export function atXdp(ctx: Xdp): number { return XDP_PASS; }
export function atTcx(ctx: Skb): int { return TCX_PASS; }
export function parser(ctx: SkSkbParser) { return ctx.length; }
export function verdict(ctx: SkSkbVerdict): number { return SK_PASS; }
export function message(ctx: SkMsg): number { return SK_PASS; }
export function lookup(ctx: SkLookup): number { return SK_PASS; }
export function sweep(ctx: Syscall<typeof Args>): number { return 0; }
export function header(ctx: Xdp): Ref<typeof Args> | null { return ctx.at(0, Args); }
export function isEmpty(ctx: Xdp): boolean { return true; }
export function pair(ctx: Xdp, n: int): number { return n; }
function inner(ctx: Xdp): number { return XDP_PASS; }`;
    const { entryPoints } = resolveFiles({ "main.ts": text });
    assert.deepEqual(
      entryPoints.map(({ name, kind, args }) => [name, kind, args?.size ?? null]),
      [
        ["atXdp", "Xdp", null],
        ["atTcx", "Skb", null],
        ["parser", "SkSkbParser", null],
        ["verdict", "SkSkbVerdict", null],
        ["message", "SkMsg", null],
        ["lookup", "SkLookup", null],
        ["sweep", "Syscall", 1],
      ],
    );
  });
});
