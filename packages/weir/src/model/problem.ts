/**
 * Failures that a caller can act on, as values.
 */

/** `code` is stable; the three texts are for people. */
export interface Problem<Code extends string> {
  readonly code: Code;
  /** The action that failed, with its values. */
  readonly what: string;
  /** The fact that made it fail. */
  readonly why: string;
  /** What the reader can do next. */
  readonly fix: string;
}

export type Result<Value, Code extends string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem<Code> };

export function succeed<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function fail<Code extends string>(
  code: Code,
  what: string,
  why: string,
  fix: string,
): { readonly ok: false; readonly problem: Problem<Code> } {
  return { ok: false, problem: { code, what, why, fix } };
}
