/** Compares an import graph with the rules. Pure: a graph and a table in, sentences out. */
import type { Graph } from "./graph.ts";
import { findKnots } from "./knots.ts";
import type { Module } from "./module.ts";
import type { Folder, Knot } from "./rules.ts";

/** What rules there are to break. */
export interface Rules {
  readonly folders: readonly Folder[];
  readonly knots: readonly Knot[];
}

/** Functions on text, which look at nothing outside. */
const harmless = new Set(["node:path"]);

/** @returns one sentence for each broken rule: which file, what it does, which rule says otherwise */
export function violations(graph: Graph, { folders, knots }: Rules): readonly string[] {
  const product = new Map([...graph].filter(([path, module]) => !isTest(path, module)));
  return [
    ...orderViolations(folders),
    ...staleEdges(product, folders),
    ...[...product].flatMap(([path, module]) => moduleViolations(path, module, product, folders)),
    ...knotViolations(findKnots(product), knots),
  ];
}

/** Tests and what only tests use. */
export function isTest(path: string, { imports }: Module): boolean {
  return path.endsWith(".test.ts") || path.includes("/testing/") || imports.includes("node:test");
}

function moduleViolations(path: string, module: Module, product: Graph, folders: readonly Folder[]): readonly string[] {
  const folder = folderOf(path, folders);
  if (folder === undefined) return [`${path} lies in no folder of the rules: say there what may be imported`];
  return [
    ...module.imports.flatMap((target) => {
      const fault = arrowFault(folder, target, product, folders);
      return fault === undefined ? [] : [`${path} imports ${target}: ${fault}`];
    }),
    ...(folder.pure === undefined || path in folder.pure ? [] : effectsOf(module)).map(
      (effect) =>
        `${path} ${effect}, and ${folder.path} is pure: have it handed in, or declare an edge with its reason`,
    ),
  ];
}

function arrowFault(folder: Folder, target: string, product: Graph, folders: readonly Folder[]): string | undefined {
  if (target.startsWith("node:")) return undefined; // an effect, if anything
  if (!target.startsWith("packages/")) {
    return folder.packages?.includes(target) ? undefined : `${folder.path} does not use this package`;
  }
  if (!product.has(target)) return "there is no such file, or it is a test";
  const to = folderOf(target, folders);
  if (to === undefined || to === folder || folder.imports.includes(to.path)) return undefined;
  return `no arrow leads from ${folder.path} to ${to.path}`;
}

function effectsOf({ imports, effects }: Module): readonly string[] {
  return [
    ...imports.filter((name) => name.startsWith("node:") && !harmless.has(name)).map((name) => `imports ${name}`),
    ...effects.map(({ what, line }) => `uses ${what} in line ${line}`),
  ];
}

function folderOf(path: string, folders: readonly Folder[]): Folder | undefined {
  const fitting = folders.filter((folder) => path === folder.path || path.startsWith(`${folder.path}/`));
  return fitting.sort((one, other) => other.path.length - one.path.length)[0];
}

/** The table itself must run downwards. */
function orderViolations(folders: readonly Folder[]): readonly string[] {
  const position = (path: string) => folders.findIndex((folder) => folder.path === path);
  return folders.flatMap(({ path, imports }, index) =>
    imports
      .filter((target) => position(target) === -1 || position(target) >= index)
      .map((target) => `the rules let ${path} import ${target}, which does not stand before it`),
  );
}

function staleEdges(product: Graph, folders: readonly Folder[]): readonly string[] {
  return folders.flatMap(({ path, pure = {} }) =>
    Object.keys(pure)
      .filter((edge) => effectsOf(product.get(edge) ?? { imports: [], effects: [], mentions: [] }).length === 0)
      .map((edge) => `the rules declare ${edge} an edge of ${path}, and it has no effect, or does not exist`),
  );
}

/** Files that import each other must lie in a folder that is declared to be recursive. */
function knotViolations(found: readonly (readonly string[])[], declared: readonly Knot[]): readonly string[] {
  const isIn = ({ folder }: Knot, files: readonly string[]) => files.every((file) => file.startsWith(`${folder}/`));
  return [
    ...found
      .filter((files) => !declared.some((knot) => isIn(knot, files)))
      .map((files) => `these files import each other in a cycle: ${[...files].sort().join(", ")}`),
    ...declared
      .filter((knot) => !found.some((files) => isIn(knot, files)))
      .map(({ folder }) => `the rules declare a knot in ${folder}, and there is none any more`),
  ];
}
