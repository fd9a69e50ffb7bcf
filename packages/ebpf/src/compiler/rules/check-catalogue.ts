/**
 * The suite that every chain of phases runs over the catalogue: each accepted example passes, each refused one is refused
 * with its rule, at its line, and with nothing else.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError, lineAndColumn } from "../diagnostic.ts";
import { catalogue } from "./catalogue.ts";
import type { Example, Rule } from "./rule.ts";

/** Runs the phases under test from the module `entry`; throws `CompileError` when they refuse. */
export type Compile = (entry: string, readSource: (path: string) => string | undefined) => void;

/**
 * @param compile the phases under test
 * @param refuses the hundreds these phases refuse, such as `["E1", "E2"]`; accepted examples of all others must pass too
 */
export function checkCatalogue(compile: Compile, refuses: readonly string[]): void {
  for (const [id, rule] of Object.entries<Rule>(catalogue)) {
    describe(`${id} ${rule.title}`, () => {
      it("accepts its accepted example", () => run(compile, rule.accepted));
      if (!refuses.some((hundred) => id.startsWith(hundred))) return;
      it("refuses its refused example with this rule, at the marked line, and says nothing else", () => {
        assert.deepEqual(refusalsOf(compile, rule.refused), [{ rule: id, ...markedLine(rule.refused) }]);
      });
    });
  }
}

function filesOf(example: Example): Readonly<Record<string, string>> {
  return typeof example === "string" ? { "main.ts": example } : example;
}

function run(compile: Compile, example: Example): void {
  const files = new Map(Object.entries(filesOf(example)));
  compile("main.ts", (path) => files.get(path));
}

function refusalsOf(compile: Compile, example: Example): readonly object[] {
  try {
    run(compile, example);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(({ rule, at }) => ({ rule, path: at.source.path, line: lineAndColumn(at).line }));
  }
  return [];
}

function markedLine(example: Example): { readonly path: string; readonly line: number } {
  for (const [path, text] of Object.entries(filesOf(example))) {
    const index = text.split("\n").findIndex((line) => line.endsWith("// refused"));
    if (index >= 0) return { path, line: index + 1 };
  }
  return assert.fail("no line of the refused example ends with // refused");
}
