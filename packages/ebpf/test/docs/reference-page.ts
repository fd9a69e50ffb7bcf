/**
 * docs/reference.md, made from the tables that compiler, twin and loader work by, so that it cannot tell anything else.
 */
import { mapTypes, programTypes, wordOf } from "@weir/linux";
import { CONTEXT_FIELDS, PACKET_BOUNDS } from "../../src/language/context-field.ts";
import { HELPERS, type Helper, type HelperArgument, type HelperResult } from "../../src/language/helper.ts";
import { MAP_TYPES, type MapKind } from "../../src/language/map/declaration.ts";
import { PROGRAM_TYPES, type ProgramKind } from "../../src/language/program-kind.ts";

/** The whole page, as it is to stand in docs/reference.md. */
export function referencePage(): string {
  return [
    "# Reference: programs, maps and helpers",
    "Made by `npm run reference -w @weir/ebpf` from the tables in `src/language`; a test fails when it is out of date. How they are used is " +
      "told in [language.md](language.md). *Since* is the first Linux release; what the running kernel has, `probe` of `@weir/ebpf/loader` " +
      "finds out.",
    "## Program kinds",
    programTable(),
    "`length` and `at(offset, Layout)` are there wherever the program sees bytes. Fields marked with * can be written.",
    "## Map kinds",
    mapTable(),
    "## Helpers",
    "Arguments stand in the kernel's order; flags are 0 where a declaration lets them be left out. `-errno` is an error number " +
      "such as -2 (ENOENT). *Moves*: references into the packet go stale, and are taken anew with `ctx.at`.",
    "### Functions",
    helperTable("none"),
    "### Methods of the context",
    helperTable("context"),
    "### Methods of maps",
    helperTable("map"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

function programTable(): string {
  const rows = programKinds().map((kind) => {
    const { type, since } = PROGRAM_TYPES[kind];
    const fields = CONTEXT_FIELDS[kind].filter(({ name }) => name !== "length");
    const names = fields.map(({ name, writable }) => `\`${name}\`${writable ? "*" : ""}`);
    return [
      code(kind),
      code(wordOf(programTypes, type)),
      since,
      PACKET_BOUNDS[kind] === null ? "no" : "yes",
      names.join(" "),
    ];
  });
  return table(["context", "kernel's type", "since", "sees bytes", "fields"], rows);
}

function mapTable(): string {
  const rows = mapKinds().map((kind) => {
    const { type, since } = MAP_TYPES[kind];
    const methods = new Set(HELPERS.filter(({ maps }) => maps?.includes(kind)).map(({ name }) => code(name)));
    return [code(kind), code(wordOf(mapTypes, type)), since, [...methods].join(" ")];
  });
  return table(["declared by", "kernel's type", "since", "methods"], rows);
}

function helperTable(receiver: Helper["receiver"]): string {
  const rows = HELPERS.filter((helper) => helper.receiver === receiver).map((helper) => [
    code(signature(helper)),
    `${helper.kernelName} (${helper.id})`,
    result(helper.result),
    places(helper),
    helper.since,
    helper.movesPacket ? "yes" : "",
  ]);
  const where = receiver === "map" ? "maps" : "programs";
  return table(["call", "kernel's helper", "result", where, "since", "moves"], rows);
}

/** Kinds of maps that have a method, and the programs that may call it where not all may. */
function places({ maps, programs }: Helper): string {
  if (maps === null) return programs?.join(" ") ?? "all";
  return `${maps.join(" ")}${programs === null ? "" : `, in ${programs.join(" ")} programs`}`;
}

/** Arguments that the language does not show. */
const HIDDEN: ReadonlySet<HelperArgument> = new Set(["context", "map", "zero"]);

const WORDS: Partial<Record<HelperArgument, string>> = {
  "ref+size": "ref",
  "into+size": "into",
  be16: "u16",
  word: "u32",
  socketMap: "map",
};

function signature({ name, receiver, args }: Helper): string {
  const shown = args.filter((argument) => !HIDDEN.has(argument)).map((argument) => WORDS[argument] ?? argument);
  const before = { none: "", context: "ctx.", map: "map." }[receiver];
  return `${before}${name}(${shown.join(", ")})`;
}

function result(given: HelperResult): string {
  switch (given.kind) {
    case "u64":
      return "u64";
    case "value":
      return "reference or null";
    case "innerMap":
      return "inner map or null";
    case "int":
      if (given.min >= 0) return `${given.min}..${given.max}`;
      return given.max === 0 ? "0 or -errno" : `0..${given.max} or -errno`;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

/** The names of a record's entries are its keys; in the order of the kernel's numbers. */
function programKinds(): readonly ProgramKind[] {
  const kinds = Object.keys(PROGRAM_TYPES) as ProgramKind[];
  return kinds.sort((one, other) => PROGRAM_TYPES[one].type - PROGRAM_TYPES[other].type);
}

function mapKinds(): readonly MapKind[] {
  const kinds = Object.keys(MAP_TYPES) as MapKind[];
  return kinds.sort((one, other) => MAP_TYPES[one].type - MAP_TYPES[other].type);
}
