/**
 * Makes a failing program small: takes out statements, unwraps braces and puts constants for expressions while it still fails alike.
 */
import type { Text } from "./generate/text.ts";

/** Tries a smaller text; true when it still fails in the same way. */
export type StillFails = (text: readonly Text[]) => Promise<boolean>;

type Accept<Candidate> = (candidate: Candidate) => Promise<boolean>;

/** Gives the smallest text found. Each step is tried once on every place, again for as long as anything was taken away. */
export async function minimise(text: readonly Text[], stillFails: StillFails): Promise<readonly Text[]> {
  let smallest = text;
  const accept: Accept<readonly Text[]> = async (candidate) => {
    if (!(await stillFails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let before = 0, size = sizeOf(smallest); size !== before; size = sizeOf(smallest)) {
    before = size;
    await shrinkList(smallest, accept);
    await shrinkExpressions(() => smallest, accept);
  }
  return smallest;
}

function sizeOf(text: readonly Text[]): number {
  return JSON.stringify(text).length;
}

/** Offers the list with parts taken out, large ones first; what is inside of braces after that. Gives what is left of it. */
async function shrinkList(list: readonly Text[], accept: Accept<readonly Text[]>): Promise<void> {
  let left = list;
  const keep: Accept<readonly Text[]> = async (candidate) => {
    if (!(await accept(candidate))) return false;
    left = candidate;
    return true;
  };
  for (let count = Math.max(1, list.length >> 1); count >= 1; count >>= 1) {
    for (let at = left.length - count; at >= 0; at--) await keep([...left.slice(0, at), ...left.slice(at + count)]);
  }
  for (let at = left.length - 1; at >= 0; at--) {
    const part = left[at];
    if (part === undefined || typeof part === "string") continue;
    const put = (parts: readonly Text[]): readonly Text[] => [...left.slice(0, at), ...parts, ...left.slice(at + 1)];
    let isUnwrapped = false;
    for (const { body } of part.sections) isUnwrapped ||= await keep(put(body));
    if (!isUnwrapped) await shrinkSections(part, (smaller) => keep(put([smaller])));
  }
}

type Braces = Exclude<Text, string>;

async function shrinkSections(part: Braces, accept: Accept<Braces>): Promise<void> {
  let left = part;
  const keep: Accept<Braces> = async (candidate) => {
    if (!(await accept(candidate))) return false;
    left = candidate;
    return true;
  };
  // The first section holds what opens the braces.
  for (let at = left.sections.length - 1; at >= 1; at--) {
    await keep({ ...left, sections: left.sections.filter((_, index) => index !== at) });
  }
  for (let at = 0; at < left.sections.length; at++) {
    const section = left.sections[at];
    if (section === undefined) continue;
    await shrinkList(section.body, (body) =>
      keep({ ...left, sections: left.sections.map((other, index) => (index === at ? { ...section, body } : other)) }),
    );
  }
}

/** Puts small constants for bracketed expressions, or one of their operands, line by line. */
async function shrinkExpressions(current: () => readonly Text[], accept: Accept<readonly Text[]>): Promise<void> {
  for (let line = 0; ; line++) {
    let text = lineAt(current(), line);
    if (text === null) return;
    if (text.startsWith("import")) continue;
    for (let open = text.indexOf("("); open >= 0; open = text.indexOf("(", open + 1)) {
      for (const smaller of shorterLines(text, open)) {
        if (!(await accept(withLine(current(), line, smaller)))) continue;
        text = smaller;
        break;
      }
    }
  }
}

/** The line with something shorter between the bracket at `open` and its partner. */
function shorterLines(line: string, open: number): readonly string[] {
  const close = closingOf(line, open);
  if (close < 0) return [];
  const inner = line.slice(open + 1, close);
  return ["1", "0", "1n", "true", ...operandsOf(inner)]
    .filter((instead) => instead.length < inner.length)
    .map((instead) => `${line.slice(0, open + 1)}${instead}${line.slice(close)}`);
}

/** What stands between the operators that are in no brackets. */
function operandsOf(expression: string): readonly string[] {
  const operands: string[] = [];
  let from = 0;
  for (const { 0: operator, index } of expression.matchAll(OPERATOR)) {
    const operand = expression.slice(from, index);
    if (!isBalanced(operand)) continue;
    operands.push(operand);
    from = index + operator.length;
  }
  return [...operands, expression.slice(from)];
}

function isBalanced(text: string): boolean {
  return text.split("(").length === text.split(")").length;
}

const OPERATOR = / (?:[-+*/%&|^<>?:]|<<|>>>?|&&|\|\||[!=]==|[<>]=) /g;

function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
  return -1;
}

/** Lines are counted as they are printed, closing ones left out. */
function lineAt(text: readonly Text[], wanted: number): string | null {
  let found: string | null = null;
  mapLines(text, (line, index) => {
    if (index === wanted) found = line;
    return line;
  });
  return found;
}

function withLine(text: readonly Text[], wanted: number, replacement: string): readonly Text[] {
  return mapLines(text, (line, index) => (index === wanted ? replacement : line));
}

function mapLines(text: readonly Text[], change: (line: string, index: number) => string): readonly Text[] {
  let index = 0;
  const walk = (parts: readonly Text[]): readonly Text[] =>
    parts.map((part) => {
      if (typeof part === "string") return change(part, index++);
      const sections = part.sections.map(({ open, body }) => {
        const changed = change(open, index++);
        return { open: changed, body: walk(body) };
      });
      return { ...part, sections };
    });
  return walk(text);
}
