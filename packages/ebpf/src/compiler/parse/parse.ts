/**
 * Parsing: the text of a packet module becomes its tree, or a list of everything in it that is outside the subset.
 *
 * The grammar of TypeScript is oxc's business; ours is what of it the packet language has. Only what the text alone tells
 * is refused here: names, types and ranges are looked at by later phases.
 */
import { type OxcError, parseSync } from "oxc-parser";
import { CompileError, type Diagnostic } from "../diagnostic.ts";
import type { ModuleTree, Source } from "../tree.ts";
import { readModule } from "./module.ts";
import { findTooDeepBracket } from "./nesting.ts";
import { createReader } from "./reader.ts";

/** @throws CompileError with every refusal of the module, rules E1xx */
export function parse(source: Source): ModuleTree {
  const reader = createReader(source);
  const tooDeep = findTooDeepBracket(source.text);
  if (tooDeep !== null) {
    const at = { source, start: tooDeep, end: tooDeep + 1 };
    throw new CompileError([
      { rule: "E144", at, got: "more than 200 brackets are open", write: "names for the parts" },
    ]);
  }
  // Semantic errors are those of scopes: a name declared twice, a break outside of a loop.
  const { program, errors } = parseSync(source.path, source.text, {
    lang: "ts",
    sourceType: "module",
    astType: "ts",
    preserveParens: false,
    showSemanticErrors: true,
  });
  // A text with syntax errors has at best half a tree, and refusals found in it would only repeat the error.
  if (errors.length > 0) throw new CompileError(errors.map((error) => syntaxError(source, error)));
  const tree = readModule(reader, program.body);
  if (reader.refusals.length > 0) throw new CompileError(reader.refusals);
  return tree;
}

function syntaxError(source: Source, { message, labels, helpMessage }: OxcError): Diagnostic {
  // The last label is the offending one; those before it point at what it contradicts.
  const { start, end } = labels.at(-1) ?? { start: 0, end: 0 };
  return { rule: "E100", at: { source, start, end }, got: message, write: helpMessage ?? "TypeScript" };
}
