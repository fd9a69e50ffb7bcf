/**
 * Diagnostics: what the compiler says when a program leaves the subset.
 *
 * A rule has one number for ever; what it refuses is told as place, expression, rule, what was got, what to write.
 */
import type { RuleId } from "./rules/catalogue.ts";
import type { Span } from "./tree.ts";

/** One refusal. `rule` is a key of the catalogue in `rules/`. */
export interface Diagnostic {
  readonly rule: RuleId;
  readonly at: Span;
  /** What was got: "x may be 0..65536, outside 0..65535". */
  readonly got: string;
  /** What to write instead: "narrow it with & or >>> 0". */
  readonly write: string;
}

/** Thrown by a phase; carries every refusal that the phase found. */
export class CompileError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n\n"));
    this.name = "CompileError";
    this.diagnostics = diagnostics;
  }
}

/** One-based line and column of an offset, as editors count them. */
export function lineAndColumn(at: Span): { readonly line: number; readonly column: number } {
  const before = at.source.text.slice(0, at.start);
  const line = before.split("\n").length;
  return { line, column: at.start - (before.lastIndexOf("\n") + 1) + 1 };
}

/**
 * Prints a refusal the way compilers do:
 *
 * ```
 * counter.ts:7:7: the value may be 0..4294967295, outside 0..65535 [E301]
 *   const x: u16 = key.src;
 *         ^~~~~~~~~~~~~~~~
 *   write: narrow it with & or >>> 0
 * ```
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { at, rule, got, write } = diagnostic;
  const { line, column } = lineAndColumn(at);
  const text = at.source.text.split("\n")[line - 1] ?? "";
  const width = Math.max(1, Math.min(at.end - at.start, text.length - column + 1));
  const marker = `${" ".repeat(column - 1)}^${"~".repeat(width - 1)}`;
  return `${at.source.path}:${line}:${column}: ${got} [${rule}]\n  ${text}\n  ${marker}\n  write: ${write}`;
}

/** Refuses at once: for phases that cannot go on after the first refusal. */
export function refuse(rule: RuleId, at: Span, got: string, write: string): never {
  throw new CompileError([{ rule, at, got, write }]);
}
