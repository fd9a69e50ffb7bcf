/**
 * Loading: from the entry module along relative imports to all modules of a program, each parsed once, imported modules
 * before those that import them.
 */
import { posix } from "node:path";
import { CompileError, type Diagnostic } from "../diagnostic.ts";
import { parse } from "../parse/parse.ts";
import type { ImportTree, ModuleTree, Span } from "../tree.ts";

/** Gives the text of a source, or `undefined` when there is none under this path. */
export type ReadSource = (path: string) => string | undefined;

export interface LoadedModule {
  readonly path: string;
  readonly tree: ModuleTree;
}

/** The one import that is not a packet module. */
export const LANGUAGE = "@weir/ebpf";

/**
 * @returns the modules in topological order, the entry module last
 * @throws CompileError with the refusals of every module that was reached, those of parsing among them
 */
export function loadModules(entry: string, readSource: ReadSource): readonly LoadedModule[] {
  const modules = new Map<string, LoadedModule>();
  const refusals: Diagnostic[] = [];
  const loading: string[] = [];

  const load = (path: string, importer: Span | null): void => {
    if (modules.has(path)) return;
    const text = readSource(path);
    if (text === undefined) {
      const at = importer ?? { source: { path, text: "" }, start: 0, end: 0 };
      refusals.push({
        rule: "E200",
        at,
        got: `there is no source ${path}`,
        write: "the path of a packet module, with .ts",
      });
      return;
    }
    const tree = parseInto(refusals, path, text);
    if (tree === null) return;
    loading.push(path);
    for (const imported of tree.imports.filter(({ from }) => from !== LANGUAGE)) loadImport(path, imported);
    loading.pop();
    modules.set(path, { path, tree });
  };

  const loadImport = (importer: string, { from, at }: ImportTree): void => {
    const path = importedPath(importer, from);
    const cycle = loading.indexOf(path);
    if (cycle < 0) load(path, at);
    else {
      const way = [...loading.slice(cycle), path].join(" → ");
      refusals.push({ rule: "E201", at, got: `an import cycle: ${way}`, write: "a third module with what both need" });
    }
  };

  load(posix.normalize(entry), null);
  if (refusals.length > 0) throw new CompileError(refusals);
  return [...modules.values()];
}

/** Path of the module that `importer` calls `from`. */
export function importedPath(importer: string, from: string): string {
  return posix.join(posix.dirname(importer), from);
}

/** Modules whose parse is refused stay in no list, so that a broken module is reported once. */
function parseInto(refusals: Diagnostic[], path: string, text: string): ModuleTree | null {
  try {
    return parse({ path, text });
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    refusals.push(...error.diagnostics);
    return null;
  }
}
