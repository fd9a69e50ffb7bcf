/** What review would say twice. Each list of exceptions states its reasons, and an exception that is over must go. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readExports, readGraph } from "./imports/graph.ts";
import {
  baselessSkips,
  deadLinks,
  lineCount,
  missingSections,
  postponements,
  unreferencedFiles,
} from "./tidy/findings.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const sources = ["packages", "test", "bench"].flatMap(filesBelow).filter((path) => path.endsWith(".ts"));

/** Files that are long for a reason. */
const longFiles: Readonly<Record<string, string>> = {};
const mostLines = 400;

describe("the checkout is tidy:", () => {
  it("nothing is put off in the code", () => {
    assert.deepEqual(
      sources.flatMap((path) => postponements(path, read(path))),
      [],
    );
  });

  it("a test that is skipped says why", () => {
    const tests = sources.filter((path) => path.endsWith(".test.ts"));
    assert.deepEqual(
      tests.flatMap((path) => baselessSkips(path, read(path))),
      [],
    );
  });

  it(`a file of more than ${mostLines} lines is listed here with its reason`, () => {
    const long = sources.filter((path) => !path.endsWith(".test.ts") && lineCount(read(path)) > mostLines);
    assert.deepEqual(long, Object.keys(longFiles).sort());
  });

  it("every file of the packages is used by something besides its own test", () => {
    const graph = readGraph(checkout);
    const commands = [
      ...filesBelow("scripts"),
      ...filesBelow("packages").filter((path) => path.endsWith("/package.json")),
    ];
    const texts = commands.map((path) => ({
      text: read(path),
      folder: path.startsWith("scripts/") ? "" : dirname(path),
    }));
    // What a package offers, and what a script or a command of a package runs.
    const isRun = (file: string): boolean =>
      texts.some(({ text, folder }) => text.includes(folder === "" ? file : ` ${relative(folder, file)}`));
    const entries = [...readExports(checkout).values(), ...[...graph.keys()].filter(isRun)];
    assert.deepEqual(unreferencedFiles(graph, entries), []);
  });

  it("every link in the documentation leads somewhere", () => {
    const top = readdirSync(checkout).filter((name) => name.endsWith(".md"));
    const texts = [...top, ...["docs", "packages"].flatMap(filesBelow).filter((path) => path.endsWith(".md"))];
    const exists = (path: string) => existsSync(join(checkout, path));
    assert.deepEqual(
      texts.flatMap((path) => deadLinks(path, read(path), exists)),
      [],
    );
  });

  it("every decision record says in which context what was decided, with which consequences, and its status", () => {
    const records = filesBelow("docs/decisions").filter((path) => path.endsWith(".md"));
    assert.notEqual(records.length, 0);
    assert.deepEqual(
      records.flatMap((path) => missingSections(path, read(path))),
      [],
    );
  });
});

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(join(checkout, folder))) return [];
  const paths = readdirSync(join(checkout, folder), { recursive: true }).map((path) => `${folder}/${path}`);
  return paths.filter((path) => !path.includes("node_modules")).sort();
}
