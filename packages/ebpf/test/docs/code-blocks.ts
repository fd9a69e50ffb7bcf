/**
 * Fenced code blocks of a Markdown page.
 *
 *     ```ts                                all of a page's are one module, which compiles and loads
 *     ```ts refused E404                   a module that the compiler refuses by this rule
 *     ```ts unverified                     a module that the verifier refuses
 *     ```text                              behind one of these two: what is said then
 *     ```ts examples/name/file.ts          some lines of this file, as they stand there but for their indentation
 */
import { readFileSync } from "node:fs";
import { type Compiled, compile } from "../../src/compiler/index.ts";

export interface CodeBlock {
  /** What follows the fence: "ts", "ts refused E404", "text". */
  readonly info: string;
  /** With a line break at its end. */
  readonly text: string;
  /** Of the fence, counted from 1. */
  readonly line: number;
  /** What is said to it, when the next block is text. */
  readonly answer: string | null;
}

/** The pages whose code is tested. */
export const PAGES = ["README.md", "docs/language.md"];

export function codeBlocks(page: string): readonly CodeBlock[] {
  const text = readInPackage(page);
  const matches = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  return matches.map(({ 1: info = "", 2: code = "", index }, position) => {
    const next = matches[position + 1];
    const answer = next?.[1] === "text" ? (next[2] ?? "") : null;
    return { info, text: code, line: text.slice(0, index).split("\n").length, answer };
  });
}

/** The module that the blocks without further words make. */
export function moduleOf(blocks: readonly CodeBlock[]): string {
  return blocks.flatMap(({ info, text }) => (info === "ts" ? [text] : [])).join("\n");
}

/** Compiles a module as counter.ts, the name that messages on the pages show. */
export function compileText(text: string): Compiled {
  return compile("counter.ts", { readSource: (path) => (path === "counter.ts" ? text : undefined) });
}

/** @param path relative to the package */
export function readInPackage(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}
