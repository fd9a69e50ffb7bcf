/**
 * Snippets: a few statements of the packet language with a program put around them.
 */
import assert from "node:assert/strict";
import * as language from "../../language/index.ts";
import { type Compiled, type CompileOptions, compile } from "../compile.ts";
import { CompileError, lineAndColumn, lineText } from "../diagnostic.ts";
import type { PhaseName } from "../watch.ts";

const TYPES = ["Packet", "Ref", "RefOf", "SkLookup", "SkMsg", "Skb", "Syscall", "Xdp", "int"];

/**
 * A module that is run on demand. The statements may read `a b c` (u32), `i` (i32) and `x y` (u64), write `args.out` (i32) and
 * `args.wide` (u64), and return a number.
 */
export function calculation(statements: string, declarations = ""): string {
  return withImports(`
const Args = struct({ size: 48, fields: { x: u64, y: u64, wide: u64, a: u32, b: u32, c: u32, i: i32, out: i32, rest: u32 } });
${declarations}
export function program(ctx: Syscall<typeof Args>): number {
  const args = ctx.args;
  const a = args.a;
  const b = args.b;
  const c = args.c;
  const i = args.i;
  const x = args.x;
  const y = args.y;
  {
${indented(statements, "    ")}
  }
  return 0;
}
`);
}

/** A module with a program of these statements, whose context is `ctx`. */
export function filter(statements: string, declarations = "", context = "Xdp"): string {
  return withImports(`
${declarations}
export function program(ctx: ${context}): number {
${indented(statements, "  ")}
}
`);
}

function indented(statements: string, by: string): string {
  return statements
    .trim()
    .split("\n")
    .map((line) => by + line.trim())
    .join("\n");
}

/** Imports every name of "@weir/ebpf" that the text says and does not declare. */
export function withImports(text: string): string {
  const said = new Set(text.match(/\b[A-Za-z_]\w*\b/g));
  const declared = new Set([...text.matchAll(/\b(?:const|let|function|type) (\w+)/g)].map(([, name]) => name));
  const names = [...Object.keys(language), ...TYPES].filter((name) => said.has(name) && !declared.has(name));
  return `import { ${[...new Set(names)].join(", ")} } from "@weir/ebpf";${text}`;
}

export function compileText(text: string, options: Omit<CompileOptions, "readSource"> = {}): Compiled {
  return compile("main.ts", { ...options, readSource: (path) => (path === "main.ts" ? text : undefined) });
}

/** The output of one phase, as it is printed. */
export function printed(text: string, phase: PhaseName): string {
  const found: string[] = [];
  compileText(text, {
    watch: (_program, name, print) => {
      if (name === phase) found.push(print());
    },
  });
  return found.join("\n");
}

/** Asserts that the text is refused by this rule alone, at a line that contains `line`. */
export function assertRefused(text: string, rule: string, line: string): void {
  assert.throws(
    () => compileText(text),
    (error) => {
      if (!(error instanceof CompileError)) throw error;
      const [first] = error.diagnostics;
      assert.deepEqual([...new Set(error.diagnostics.map((each) => each.rule))], [rule], error.message);
      assert.ok(first !== undefined);
      const told = lineText(first.at.source, lineAndColumn(first.at).line);
      assert.ok(told.includes(line), `refused at "${told.trim()}", expected a line with "${line}"`);
      return true;
    },
  );
}
