import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TypeName } from "../tree.ts";
import type { LanguageType } from "./program.ts";
import { anywhere, main, mainScope, resolveFiles } from "./testing/programs.ts";

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
