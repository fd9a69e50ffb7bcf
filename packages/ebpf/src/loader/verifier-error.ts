/**
 * A program the verifier refused: the telling lines first, with the TypeScript source, and the whole log kept.
 */
import type { SystemError } from "@weir/linux";
import { type ProgramSpec, slotPositions } from "../object/index.ts";
import { hintFor } from "./verifier-hint.ts";
import { type SourceLine, summariseLog } from "./verifier-log.ts";

export class VerifierError extends Error {
  override readonly name = "VerifierError";
  readonly code = "program-refused";
  readonly program: string;
  /** The verifier's own sentence. */
  readonly reason: string;
  /** The way to the refusal, the refused line last. */
  readonly source: readonly SourceLine[];
  /** "" when nothing is known about the reason. */
  readonly hint: string;
  /** The verifier's whole log. */
  declare readonly log: string;

  constructor(program: Pick<ProgramSpec, "name" | "instructions" | "lines">, cause: SystemError) {
    const { reason, source } = summariseLog(cause.log, sourceLines(program));
    const hint = hintFor(reason);
    super(messageOf(program.name, reason || cause.why, source, hint, cause.log), { cause });
    this.program = program.name;
    this.reason = reason;
    this.source = source;
    this.hint = hint;
    // Not enumerable: Node prints the properties of an uncaught error, and thousands of lines would bury the telling ones.
    Object.defineProperty(this, "log", { value: cause.log });
  }
}

/** Lines by slot, as the log counts, instead of by instruction. */
function sourceLines({ instructions, lines }: Pick<ProgramSpec, "instructions" | "lines">): readonly SourceLine[] {
  const slots = slotPositions(instructions);
  return lines.map(({ instruction, file, line, column, text }) => ({
    ...{ slot: slots[instruction] ?? 0, file, line, column },
    text: text.trim(),
  }));
}

function messageOf(name: string, reason: string, source: readonly SourceLine[], hint: string, log: string): string {
  const places = source.map(({ file, line }) => `${file}:${line}`);
  const width = Math.max(0, ...places.map((place) => place.length));
  const logLines = log.split("\n").length;
  return [
    `Cannot load the program ${name}: the verifier refused it.`,
    ...source.map(({ text }, index) => `  ${(places[index] ?? "").padEnd(width)}  ${text}`),
    `  ${reason}`,
    ...(hint === "" ? [] : [hint]),
    `The whole log (${logLines} ${logLines === 1 ? "line" : "lines"}) is the property log of this error.`,
  ].join("\n");
}
