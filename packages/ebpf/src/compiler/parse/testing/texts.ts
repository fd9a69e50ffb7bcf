/** Texts for the tests of the parser: parsed, refused, and compared without positions. */
import { CompileError, lineAndColumn } from "../../diagnostic.ts";
import type { ModuleTree, Statement } from "../../tree.ts";
import { parse } from "../parse.ts";

export function parseText(text: string): ModuleTree {
  return parse({ path: "test.ts", text });
}

/** "E130 1:5": rule, line and column of each refusal. */
export function refusalsOf(text: string): readonly string[] {
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
export function statements(text: string): readonly Statement[] {
  return parseText(inFunction(text)).functions[0]?.body ?? [];
}

export function inFunction(text: string): string {
  return `function f(a: u32, b: u32): u32 {\n${text}\n}`;
}

/** A statement without positions, for comparison with a tree written by hand. */
export function shape(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(shape);
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => key !== "at")
      .map(([key, value]) => [key, shape(value)]),
  );
}
