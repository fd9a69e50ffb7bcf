/** The import graph of the workspace: every TypeScript file of `packages/<name>/src`, and what it imports. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { type Module, readModule } from "./module.ts";

/** Files by path relative to the checkout; an import is such a path, or the name of an npm package or `node:` module. */
export type Graph = ReadonlyMap<string, Module>;

/** What an import of a workspace's package leads to: `@weir/ebpf/twin` to `packages/ebpf/src/twin/index.ts`. */
export type Exports = ReadonlyMap<string, string>;

/** Reads the graph of a checkout. */
export function readGraph(checkout: string): Graph {
  const exports = readExports(checkout);
  const files = packageFolders(checkout).flatMap((folder) => sourceFiles(checkout, `${folder}/src`));
  return new Map(files.map((path) => [path, resolveImports(path, readModule(path, read(checkout, path)), exports)]));
}

/** What the packages offer to each other, from the `exports` and `bin` of their package.json files. */
export function readExports(checkout: string): Exports {
  return new Map(
    packageFolders(checkout).flatMap((folder) => {
      const manifest = JSON.parse(read(checkout, `${folder}/package.json`)) as Manifest;
      const entries = [...Object.entries(manifest.exports ?? {}), ...Object.entries(manifest.bin ?? {})];
      return entries.map(([key, file]) => [posix.join(manifest.name, key), posix.join(folder, file)] as const);
    }),
  );
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** Replaces what is written in imports and mentions by what it leads to. */
export function resolveImports(path: string, module: Module, exports: Exports): Module {
  const resolve = (written: string) =>
    written.startsWith(".") ? posix.join(posix.dirname(path), written) : (exports.get(written) ?? packageName(written));
  return { ...module, imports: module.imports.map(resolve), mentions: module.mentions.map(resolve) };
}

/** `koffi/sub` belongs to koffi, `@oxc-project/types/x` to @oxc-project/types, `node:fs/promises` to node:fs. */
function packageName(written: string): string {
  return written.split("/", written.startsWith("@") ? 2 : 1).join("/");
}

function packageFolders(checkout: string): readonly string[] {
  const names = readdirSync(join(checkout, "packages"));
  return names.map((name) => `packages/${name}`).filter((folder) => existsSync(join(checkout, folder, "package.json")));
}

function sourceFiles(checkout: string, folder: string): readonly string[] {
  const paths = existsSync(join(checkout, folder)) ? readdirSync(join(checkout, folder), { recursive: true }) : [];
  return paths
    .map((path) => `${folder}/${path}`)
    .filter((path) => path.endsWith(".ts"))
    .sort();
}

function read(checkout: string, path: string): string {
  return readFileSync(join(checkout, path), "utf8");
}
