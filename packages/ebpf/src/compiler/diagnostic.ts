/**
 * Diagnostics: what the compiler says when a program leaves the subset.
 *
 * A rule has one number for ever; what it refuses is told as place, expression, rule, what was got, what to write.
 */
import type { RuleId } from "./rules/catalogue.ts";
import type { Source, Span } from "./tree.ts";

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
  declare readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n\n"));
    this.name = "CompileError";
    // Not enumerable: an uncaught error would otherwise print every source file after the message.
    Object.defineProperty(this, "diagnostics", { value: diagnostics });
  }
}

/** One-based line and column of an offset, as editors count them. */
export function lineAndColumn(at: Span): { readonly line: number; readonly column: number } {
  const starts = lineStarts(at.source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at.start) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at.start - (starts[low] ?? 0) + 1 };
}

/** The text of a line, counted from 1. */
export function lineText(source: Source, line: number): string {
  const starts = lineStarts(source);
  const end = starts[line] ?? source.text.length + 1;
  return source.text.slice(starts[line - 1], end - 1);
}

/** Where the lines of a source begin; found once, since line information asks for every instruction. */
const known = new WeakMap<Source, readonly number[]>();

function lineStarts(source: Source): readonly number[] {
  const before = known.get(source);
  if (before !== undefined) return before;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1);
  known.set(source, starts);
  return starts;
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
  const { text, start } = shownPart(lineText(at.source, line), column - 1);
  const before = column - 1 - start;
  const width = Math.max(1, Math.min(at.end - at.start, text.length - before));
  const marker = `${" ".repeat(before)}^${"~".repeat(width - 1)}`;
  return `${at.source.path}:${line}:${column}: ${got} [${rule}]\n  ${text}\n  ${marker}\n  write: ${write}`;
}

/** Longer lines are generated, not written: a window is shown. */
const LONGEST_LINE = 200;
const BEFORE_WINDOW = 40;

/** The line, or a part of it around a place, and where the part begins. */
function shownPart(line: string, place: number): { readonly text: string; readonly start: number } {
  if (line.length <= LONGEST_LINE) return { text: line, start: 0 };
  const start = Math.max(0, place - BEFORE_WINDOW);
  return { text: line.slice(start, start + LONGEST_LINE), start };
}

/** Refuses at once: for phases that cannot go on after the first refusal. */
export function refuse(rule: RuleId, at: Span, got: string, write: string): never {
  throw new CompileError([{ rule, at, got, write }]);
}
