/** What a decoder of untrusted bytes gives back: a value, or a problem in words. Decoders never throw. */
export type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: DecodeProblem };

/** Why bytes were refused. `code` is stable; the texts are for people. */
export interface DecodeProblem {
  readonly code: "instructions-malformed" | "btf-malformed";
  /** The action that failed, with its values. */
  readonly what: string;
  /** The fact that made it fail. */
  readonly why: string;
  /** What the reader can do next. */
  readonly fix: string;
}
