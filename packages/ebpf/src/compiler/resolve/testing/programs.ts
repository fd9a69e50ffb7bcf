/** Small programs for the tests of resolution: resolved, or refused at a place. */
import assert from "node:assert/strict";
import { CompileError, lineAndColumn } from "../../diagnostic.ts";
import type { Span } from "../../tree.ts";
import type { ConfigValues } from "../configuration.ts";
import type { Binding, ModuleScope, Program } from "../program.ts";
import { resolve } from "../resolve.ts";

export type Files = Readonly<Record<string, string>>;

/** A module that is a program, after the given declarations. */
export function main(declarations: string): string {
  return `import { XDP_PASS, type Xdp } from "@weir/ebpf";\n${declarations}\nexport function program(ctx: Xdp): number {\n  return XDP_PASS;\n}\n`;
}

export function resolveFiles(files: Files, values: ConfigValues = {}): Program {
  return resolve("main.ts", (path) => (Object.hasOwn(files, path) ? files[path] : undefined), values);
}

export function mainScope(program: Program): ModuleScope {
  const scope = program.modules.at(-1);
  assert.ok(scope !== undefined);
  return scope;
}

export const anywhere: Span = { source: { path: "test.ts", text: "" }, start: 0, end: 0 };

/** What `name` is bound to after the declarations. */
export function bind(declarations: string, name: string, values: ConfigValues = {}): Binding {
  return mainScope(resolveFiles({ "main.ts": main(declarations) }, values)).lookup(name, anywhere);
}

/** "E204 main.ts 3:1": rule, path, line and column of each refusal. */
export function refusalsOf(files: Files): readonly string[] {
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
export const refusalsIn = (declarations: string) => refusalsOf({ "main.ts": main(declarations) });
