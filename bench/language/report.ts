/**
 * The report: what was measured, on what machine, and whether it keeps what the project promises.
 */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { Bound } from "./cases.ts";
import { CLANG_OPTIONS } from "./clang.ts";
import type { Effort, Measured } from "./measure.ts";
import type { Size } from "./rival.ts";
import type { Spread } from "./statistics.ts";

/** The largest median ratio to clang that we allow ourselves. */
const LIMITS: Readonly<Record<Bound, number>> = { helpers: 1.05, arithmetic: 1.15 };

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  readonly clang: string;
  /** What the kernel does against speculative execution: it decides what a helper call costs. */
  readonly mitigations: string;
}

export interface Report {
  readonly machine: Machine;
  readonly effort: Effort;
  readonly rows: readonly ({ readonly title: string; readonly bound: Bound } & Measured)[];
  readonly sizes: readonly { readonly name: string; readonly typescript: Size; readonly c: Size }[];
}

export function describeMachine(clang: string): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? "unknown",
    cpus: all.length,
    memory: totalmem(),
    kernel: release(),
    node: process.version,
    clang: `${clang}, ${CLANG_OPTIONS.join(" ")}`,
    mitigations: readFileSync("/sys/devices/system/cpu/vulnerabilities/spectre_v2", "utf8").trim(),
  };
}

export function toMarkdown({ machine, effort, rows, sizes }: Report): string {
  const { cpu, cpus: count, memory, kernel, node, clang, mitigations } = machine;
  return [
    `${cpu}, ${count} CPUs, ${Math.round(memory / 2 ** 30)} GiB; Linux ${kernel}; Node ${node}; ${clang}.`,
    `Spectre v2: ${mitigations}.`,
    `Medians (quartiles) of ${effort.rounds} rounds; a round is the fastest of ${effort.slices} slices of ${effort.repeat} runs. Nanoseconds of CPU time a run.`,
    "",
    "| case | empty | TypeScript | clang | ratio | ratio without the harness | limit |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map(({ title, bound, empty, typescript, c, raw, net }) => {
      const limit = LIMITS[bound];
      const kept = net.median <= limit ? "kept" : raw.median <= limit ? "kept with the harness" : "**broken**";
      const times = [empty, typescript, c].map((each) => withQuartiles(each, 1));
      return row([title, ...times, withQuartiles(raw, 3), withQuartiles(net, 3), `${limit} ${kept}`]);
    }),
    "",
    "| program | | instructions | rewritten by the verifier | machine code, bytes | verifier's steps |",
    "| --- | --- | --- | --- | --- | --- |",
    ...sizes.flatMap(({ name, typescript, c }) => [sizeRow(name, "TypeScript", typescript), sizeRow("", "clang", c)]),
  ].join("\n");
}

function sizeRow(name: string, language: string, { instructions, translated, jited, verified }: Size): string {
  return row([name, language, String(instructions), String(translated), String(jited), String(verified)]);
}

function withQuartiles({ low, median, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
