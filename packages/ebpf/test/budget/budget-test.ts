/**
 * Budgets of verifier steps: how many instructions the kernel may look at before it accepts a program.
 *
 * The kernel gives up at a million, and long before that a program takes noticeably long to load. The number says little about how
 * fast a program runs, but it leaps when the verifier begins to follow paths apart that it used to see as one.
 */
import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rootTest } from "@weir/linux/testing";
import type { CompileOptions } from "../../src/compiler/index.ts";
import { compileFile } from "../../src/loader/compile-file.ts";
import { load } from "../../src/loader/index.ts";
import { lackOfFeatures } from "./lack-of-features.ts";
import { mostVerifiedLines } from "./verified-lines.ts";

/** Steps by the names of programs. */
export type Budgets = Readonly<Record<string, number>>;

/**
 * Registers a test for each program of a module; a kernel that lacks what a program needs is told and not tested.
 *
 * @param module the module's file
 * @param budgets about a quarter above what the hungriest of the kernels tested needs, all programs of the module
 */
export function testBudgets(module: URL, budgets: Budgets, config: NonNullable<CompileOptions["config"]> = {}): void {
  const path = relative(process.cwd(), fileURLToPath(module));
  for (const [name, budget] of Object.entries(budgets)) {
    const compiled = once(() => compileFile(module, { programs: [name], config }));
    rootTest(
      `${path}: the verifier accepts ${name} within ${budget} steps`,
      () => {
        using collection = load(compiled());
        const { verifiedInstructions } = collection.program(name).info;
        const length = compiled().programs[0]?.instructions.length ?? 0;
        if (verifiedInstructions <= budget) return;
        assert.fail(
          `The verifier looked at ${verifiedInstructions} instructions of ${name}, which has ${length}: ${budget} were expected at most. ` +
            `Most of what its log shows came from\n${mostVerifiedLines(compiled())}\n` +
            "Find out which change made it follow more paths there; if the program is meant to do more, raise the budget in the same commit.",
        );
      },
      () => lackOfFeatures(compiled()),
    );
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
