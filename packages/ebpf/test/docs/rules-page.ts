/** docs/rules.md, made from the compiler's catalogue. */
import { catalogue } from "../../src/compiler/rules/catalogue.ts";
import type { Rule } from "../../src/compiler/rules/rule.ts";

const HUNDREDS = [
  ["E1", "Syntax", "syntax.ts"],
  ["E2", "Names and modules", "names.ts"],
  ["E3", "Integers", "integers.ts"],
  ["E4", "Memory", "memory.ts"],
  ["E5", "Functions and loops", "functions.ts"],
  ["E6", "Maps and helpers", "maps.ts"],
] as const;

/** The whole page, as it is to stand in docs/rules.md. */
export function rulesPage(): string {
  const sections = HUNDREDS.map(([hundred, title, file]) => {
    const rules = Object.entries<Rule>(catalogue).filter(([id]) => id.startsWith(hundred));
    const rows = rules.map(([id, rule]) => `| ${id} | ${cell(rule.title)} | ${cell(rule.why)} |`);
    return [
      `## ${hundred}xx: ${title}`,
      `[Examples](../src/compiler/rules/${file})`,
      ["| rule | do this | because |", "| --- | --- | --- |", ...rows].join("\n"),
    ];
  });
  const intro =
    "Made by `npm run reference -w @weir/ebpf` from the catalogue in `src/compiler/rules`; a test fails when it is out of date. A number means " +
    "one thing for ever. The language itself is defined in [language.md](language.md).";
  return `${["# Rules: what the compiler refuses", intro, ...sections.flat()].join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
