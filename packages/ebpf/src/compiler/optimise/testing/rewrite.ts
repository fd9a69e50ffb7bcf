/**
 * Shows a pass as what it does to one function: the listing before and the listing after, to be read side by side.
 */
import assert from "node:assert/strict";
import type { IrFunction } from "../../ir/ir.ts";
import { printIr } from "../../ir/print-ir.ts";
import { validateIr } from "../../ir/validate-ir.ts";
import { analyseRanges } from "../../ranges/analyse-ranges.ts";

/** Analyses `fn`, runs the passes one after the other and asserts how the function reads before the first and after the last. */
export function assertRewrite(
  fn: IrFunction,
  passes: readonly ((fn: IrFunction) => void)[],
  before: string,
  after: string,
): void {
  validateIr(fn);
  analyseRanges(fn);
  assert.equal(bodyOf(fn), unindented(before));
  for (const pass of passes) {
    pass(fn);
    validateIr(fn);
  }
  assert.equal(bodyOf(fn), unindented(after));
}

/** The listing without its first line, which only names the function. */
function bodyOf(fn: IrFunction): string {
  return printIr(fn).split("\n").slice(1).join("\n");
}

function unindented(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join("\n");
}
