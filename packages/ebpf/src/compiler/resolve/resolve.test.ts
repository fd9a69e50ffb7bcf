import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resolve } from "./resolve.ts";
import { type Files, main, refusalsOf, resolveFiles } from "./testing/programs.ts";

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
