/**
 * The text of a generated program as a tree of lines, so that pieces can be taken out when a failure is made smaller.
 */

/** A statement, or braces with what is between them: `if (…) {` … `} else {` … `}`. */
export type Text = string | Braces;

export interface Braces {
  readonly sections: readonly Section[];
  /** The last line: `}`. */
  readonly close: string;
}

export interface Section {
  /** The line before the body: `} else {`. */
  readonly open: string;
  readonly body: readonly Text[];
}

export function braces(open: string, body: readonly Text[], close = "}"): Braces {
  return { sections: [{ open, body }], close };
}

/** Lines with two spaces for each depth. */
export function printText(text: readonly Text[], depth = 0): string {
  const indent = "  ".repeat(depth);
  let result = "";
  for (const part of text) {
    if (typeof part === "string") result += `${indent}${part}\n`;
    else {
      for (const { open, body } of part.sections) result += `${indent}${open}\n${printText(body, depth + 1)}`;
      result += `${indent}${part.close}\n`;
    }
  }
  return result;
}
