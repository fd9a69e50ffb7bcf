/**
 * Any text is parsed or refused: `parse` gives a tree or throws `CompileError`, and a refusal points into the text.
 * The texts are soups of the language's own tokens and real modules, cut, spliced and damaged.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { CompileError, formatDiagnostic } from "../diagnostic.ts";
import { catalogue } from "../rules/catalogue.ts";
import { parse } from "./parse.ts";

const TOKENS =
  `import export from const let var function class return if else for while do switch case default break continue type
  interface enum async await yield new this super typeof void delete in of instanceof try catch throw as satisfies any
  null undefined true false noinline struct Ref u8 u32 a b c x. 0 1 1n 1.5 1e400 0x7f 9007199254740993
  18446744073709551616n "s" \`t\` "./m.ts" "@weir/ebpf" ( ) { } [ ] < > ; : , . ... => ? ?. ?? ! = == === !== + - * /
  % ** & && | || ^ ~ << >> >>> += >>>= ++ -- @ # $ \\ ' /*`.split(/\s+/);

const modules: readonly string[] = Object.values(catalogue).flatMap(({ accepted, refused }) =>
  [accepted, refused].flatMap((example) => (typeof example === "string" ? [example] : Object.values(example))),
);

const soup = fc.array(fc.constantFrom(...TOKENS, "\n", "a", "(", ")", "{", "}", ";"), { maxLength: 40 });
const offset = fc.double({ min: 0, max: 1, noNaN: true });
const module = fc.constantFrom(...modules);

const texts = {
  "a soup of tokens": soup.map((tokens) => tokens.join(" ")),
  "a soup of tokens in a function": soup.map((tokens) => `function f(a: u32) {\n${tokens.join(" ")}\n}`),
  "a truncated module": fc.tuple(module, offset).map(([text, end]) => text.slice(0, end * text.length)),
  "a module with tokens in the place of a piece": fc
    .tuple(module, offset, fc.nat(12), fc.array(fc.constantFrom(...TOKENS), { maxLength: 3 }))
    .map(([text, at, removed, tokens]) => {
      const start = Math.floor(at * text.length);
      return `${text.slice(0, start)}${tokens.join(" ")}${text.slice(start + removed)}`;
    }),
  "the beginning of one module and the end of another": fc
    .tuple(module, offset, module, offset)
    .map(([first, end, second, start]) => first.slice(0, end * first.length) + second.slice(start * second.length)),
  "any characters": fc.string({ unit: "binary", maxLength: 60 }),
};

function parsesOrRefuses(text: string): void {
  try {
    JSON.stringify(parse({ path: "fuzz.ts", text }), (_, value: unknown) =>
      typeof value === "bigint" ? `${value}` : value,
    );
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    assert.ok(error.diagnostics.length > 0);
    for (const diagnostic of error.diagnostics) {
      const { start, end } = diagnostic.at;
      assert.ok(0 <= start && start <= end && end <= text.length, `${start}..${end} of ${text.length}`);
      assert.ok(formatDiagnostic(diagnostic).startsWith("fuzz.ts:"));
    }
  }
}

describe("parse: any text is parsed or refused", () => {
  for (const [kind, text] of Object.entries(texts)) {
    // fast-check prints the seed and the smallest text that fails.
    it(kind, () => fc.assert(fc.property(text, parsesOrRefuses), { numRuns: 500 }));
  }
});
