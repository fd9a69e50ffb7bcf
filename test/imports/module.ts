/** What one TypeScript file imports and which effects it has, read from its syntax tree. */
import { parseSync, Visitor } from "oxc-parser";

/** A place where a file reaches for the clock, chance, a timer or the process. */
export interface Effect {
  /** As written: `Date`, `Math.random`, `setTimeout`. */
  readonly what: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface Module {
  /** As written, in order of appearance; type-only imports, re-exports and `import()` among them. */
  readonly imports: readonly string[];
  readonly effects: readonly Effect[];
  /** Other string literals that look like relative paths of TypeScript files, as in `new URL("./x.ts", …)`. */
  readonly mentions: readonly string[];
}

const effectfulNames = new Set([
  "Date",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "fetch",
  "performance",
  "process",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** @throws Error naming the file, if it is not TypeScript */
export function readModule(path: string, source: string): Module {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);

  const imports: string[] = [];
  const effects: Effect[] = [];
  const mentions: string[] = [];
  const note = (what: string, start: number) => effects.push({ what, line: source.slice(0, start).split("\n").length });
  new Visitor({
    ImportDeclaration: (node) => void imports.push(node.source.value),
    ExportAllDeclaration: (node) => void imports.push(node.source.value),
    ExportNamedDeclaration: (node) => void (node.source && imports.push(node.source.value)),
    ImportExpression: (node) => void (node.source.type === "Literal" && imports.push(String(node.source.value))),
    TSImportType: (node) => void imports.push(node.source.value),
    MemberExpression: ({ object, property, start }) => {
      if (object.type !== "Identifier" || property.type !== "Identifier") return;
      if (effectfulNames.has(object.name)) note(`${object.name}.${property.name}`, start);
      if (object.name === "Math" && property.name === "random") note("Math.random", start);
    },
    CallExpression: ({ callee, start }) => {
      if (callee.type === "Identifier" && effectfulNames.has(callee.name)) note(callee.name, start);
    },
    NewExpression: ({ callee, start }) => {
      if (callee.type === "Identifier" && effectfulNames.has(callee.name)) note(callee.name, start);
    },
    Literal: ({ value }) => {
      if (typeof value === "string" && /^\.{1,2}\/.*\.ts$/.test(value)) mentions.push(value);
    },
  }).visit(program);
  return { imports, effects, mentions };
}
