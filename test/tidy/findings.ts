/** Finds untidiness in texts. Pure: paths and texts in, sentences out. */
import { posix } from "node:path";
import { type Argument, type CallExpression, parseSync, Visitor } from "oxc-parser";
import type { Graph } from "../imports/graph.ts";

/** Marks of work put off. Spelled so that this file does not find itself. */
const postponement = /\b(?:TO[D]O|FIX[M]E|XX[X])\b/;

/** @returns the places of a file where work is put off */
export function postponements(path: string, text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => (postponement.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
}

const testFunctions = new Set(["describe", "it", "suite", "test"]);

/**
 * Tests that do not run, or keep others from running, without a reason that the report could print:
 * `it.skip(…)`, `it.only(…)`, `it("…", { skip: true }, …)`, `context.skip()`.
 */
export function baselessSkips(path: string, text: string): readonly string[] {
  const found: string[] = [];
  const note = ({ start, end }: CallExpression) => {
    const line = text.slice(0, start).split("\n").length;
    const [firstLine] = text.slice(start, end).split("\n");
    found.push(`${path}:${line}: ${firstLine}`);
  };
  new Visitor({
    CallExpression: (call) => {
      if (isSwitchedOff(call) || call.arguments.some(hasBareSkip)) note(call);
    },
  }).visit(parseSync(path, text).program);
  return found;
}

function isSwitchedOff({ callee, arguments: given }: CallExpression): boolean {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
  const { name } = callee.property;
  if (!["only", "skip", "todo"].includes(name)) return false;
  const isOfTestFunction = callee.object.type === "Identifier" && testFunctions.has(callee.object.name);
  return isOfTestFunction || given.length === 0; // the latter is a test's context without a reason
}

function hasBareSkip(argument: Argument): boolean {
  if (argument.type !== "ObjectExpression") return false;
  return argument.properties.some(
    (property) =>
      property.type === "Property" &&
      property.key.type === "Identifier" &&
      ["only", "skip", "todo"].includes(property.key.name) &&
      property.value.type === "Literal" &&
      property.value.value === true,
  );
}

export function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/**
 * Files that nothing needs: neither an entry of a package, nor imported or named by another file than their own test.
 *
 * @param entries paths of what the packages offer
 */
export function unreferencedFiles(graph: Graph, entries: readonly string[]): readonly string[] {
  const needed = new Set(entries);
  for (const [path, { imports, mentions }] of graph) {
    for (const target of [...imports, ...mentions]) if (!isOwnTest(path, target)) needed.add(target);
  }
  return [...graph.keys()].filter((path) => !path.endsWith(".test.ts") && !needed.has(path));
}

/** `map.test.ts`, `map.fuzz.test.ts` and `map.kernel.test.ts` are tests of `map.ts`. */
function isOwnTest(path: string, target: string): boolean {
  return path.endsWith(".test.ts") && path.startsWith(target.replace(/ts$/, ""));
}

/**
 * Links of a Markdown text to files that do not exist. Links to other sites are not followed.
 *
 * @param exists whether there is a file or folder at a path relative to the checkout
 */
export function deadLinks(path: string, text: string, exists: (path: string) => boolean): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target) && !exists(posix.join(posix.dirname(path), target)))
    .map((target) => `${path} links to ${target}, which does not exist`);
}

const sections = ["Context", "Decision", "Consequences", "Status"];

/** Sections that a decision record lacks, or leaves empty. */
export function missingSections(path: string, text: string): readonly string[] {
  const missing = sections.filter((section) => !new RegExp(`^## ${section}\\n+[^#\\s]`, "m").test(text));
  return missing.map((section) => `${path} lacks "## ${section}"`);
}
