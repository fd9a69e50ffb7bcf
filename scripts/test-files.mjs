/** Where the tests are. Node 20's test runner takes no patterns, so the files are found here. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";

const folders = ["packages/*/src", "packages/*/examples", "packages/*/test", "test"];

/**
 * @param {readonly string[]} filters parts of paths; a file is taken when it contains any of them, or when there are none
 * @returns {string[]} the test files, relative to the root, in alphabetical order
 */
export function testFiles(filters) {
  return folders
    .flatMap(expandStar)
    .flatMap((folder) => filesBelow(folder))
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}

function expandStar(pattern) {
  const [before, after] = pattern.split("*");
  if (after === undefined) return [pattern];
  return readdirSync(join(root, before)).map((name) => before + name + after);
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
