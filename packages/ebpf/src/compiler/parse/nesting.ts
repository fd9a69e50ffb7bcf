/**
 * Bracket depth of a text, measured before the parser sees it: oxc recurses on the native stack, and some thousand open
 * brackets would end the process instead of raising an error.
 */

/** Far more than a person writes, far less than the native parser survives (2,000 at least). */
const MAX_BRACKETS = 200;

/** Comments and strings, whose brackets do not count, and the brackets that do. */
const TOKEN = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[([{]|[)\]}]/g;

/** Offset of the first bracket that nests too deeply, or `null`. */
export function findTooDeepBracket(text: string): number | null {
  let depth = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    if (token === "(" || token === "[" || token === "{") depth += 1;
    else if (token === ")" || token === "]" || token === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_BRACKETS) return match.index;
  }
  return null;
}
