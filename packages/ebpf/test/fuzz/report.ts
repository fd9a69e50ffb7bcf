/**
 * What people read of a campaign: the counts as a table, and a failure with its program.
 */
import { compile } from "../../src/compiler/index.ts";
import { listProgram } from "../listing.ts";
import type { Campaign, Failure, Tally } from "./campaign.ts";
import { judge, type WorldsWanted } from "./compare.ts";
import { type GeneratedProgram, printProgram } from "./generate/generate.ts";
import type { Text } from "./generate/text.ts";
import { minimise } from "./minimise.ts";

/** The counts as a table in Markdown. */
export function formatTally({ seed, worlds }: Campaign, tally: Tally): string {
  const { programs } = tally;
  const ran = Math.max(1, tally.agreed);
  const rows: [string, string][] = [
    ["programs", `${programs} (seeds ${seed} to ${seed + programs - 1})`],
    ["worlds", worldNames(worlds)],
    ["programs that agreed", `${tally.agreed}`],
    ["packets compared", `${tally.packets}`],
    ["mismatches", `${tally.failures.length}`],
    ["instructions a program, mean", `${Math.round(tally.instructions / ran)}`],
    ...(worlds.kernel
      ? [["instructions verified a program, mean", `${Math.round(tally.verified / ran)}`] as const]
      : []
    ).map(([name, value]): [string, string] => [name, value]),
    ...classes("refused by the compiler", tally.refused),
    ...(worlds.kernel ? classes("rejected by the verifier", tally.rejected) : []),
  ];
  return ["| | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

function classes(title: string, found: ReadonlyMap<string, readonly number[]>): [string, string][] {
  const total = [...found.values()].reduce((sum, seeds) => sum + seeds.length, 0);
  const sorted = [...found].sort(([, a], [, b]) => b.length - a.length);
  return [
    [title, `${total}`],
    ...sorted.map(([reason, seeds]): [string, string] => [
      `– ${reason.replaceAll("|", "\\|")}`,
      `${seeds.length} (seed ${seeds.slice(0, 3).join(", ")}${seeds.length > 3 ? ", …" : ""})`,
    ]),
  ];
}

export function worldNames(worlds: WorldsWanted): string {
  return Object.entries(worlds)
    .flatMap(([name, isWanted]) => (isWanted ? [name] : []))
    .join(", ");
}

/** Seed, first difference, source and listing of a failure, the source as small as it was made. */
export async function formatFailure({ program, judgement }: Failure, worlds: WorldsWanted): Promise<string> {
  const small = await minimiseFailure({ program, judgement }, worlds);
  const last = await judge(small, worlds);
  return [
    `seed ${program.seed}: ${judgement.what}`,
    `Again: npm run fuzz -- --seed ${program.seed} --programs 1 --worlds ${worldNames(worlds).replaceAll(" ", "")}`,
    last.kind === "failed" ? last.message : judgement.message,
    printProgram(small.text),
    listingOf(small),
  ].join("\n\n");
}

/** Trying every place of a long program takes a while; what was reached by then will do. */
const MINIMISE_MS = 60_000;

async function minimiseFailure({ program, judgement }: Failure, worlds: WorldsWanted): Promise<GeneratedProgram> {
  const end = performance.now() + MINIMISE_MS;
  const text = await minimise(program.text, async (candidate: readonly Text[]) => {
    if (performance.now() > end) return false;
    const now = await judge({ ...program, text: candidate }, worlds);
    return now.kind === "failed" && now.what === judgement.what;
  });
  return { ...program, text };
}

function listingOf({ text, config }: GeneratedProgram): string {
  const source = printProgram(text);
  try {
    const compiled = compile("main.ts", { readSource: (path) => (path === "main.ts" ? source : undefined), config });
    return compiled.programs.map(listProgram).join("\n");
  } catch (error) {
    return `The compiler gives no listing: ${String(error)}`;
  }
}
