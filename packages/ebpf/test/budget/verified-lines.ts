/** Where the verifier's steps went: source lines by how often an instruction of theirs was looked at. */
import { load, VerifierError } from "../../src/loader/index.ts";
import { type CollectionSpec, type ProgramSpec, slotPositions } from "../../src/object/index.ts";

const LINES_SHOWN = 6;

/** The lines that took most, one a line: `  1234  path.ts:56  if (head.ttl === 0) …`. */
export function mostVerifiedLines(spec: CollectionSpec): string {
  const [program] = spec.programs;
  if (program === undefined) return "";
  const counts = countByLine(verifierLog(spec, program.name), program);
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .slice(0, LINES_SHOWN)
    .map(([line, count]) => `${`${count}`.padStart(8)}  ${line}`)
    .join("\n");
}

/** A log that is longer than the kernel keeps is refused with what there is of it. */
function verifierLog(spec: CollectionSpec, program: string): string {
  try {
    using collection = load(spec, { logLevel: "instructions" });
    return collection.program(program).log;
  } catch (error) {
    if (error instanceof VerifierError) return error.log;
    throw error;
  }
}

function countByLine(log: string, { instructions, lines }: ProgramSpec): ReadonlyMap<string, number> {
  const slots = slotPositions(instructions);
  const placed = lines.map((line) => ({ ...line, slot: slots[line.instruction] ?? 0 }));
  const counts = new Map<string, number>();
  for (const [, slot] of log.matchAll(/^(\d+): \(/gm)) {
    const line = placed.findLast((candidate) => candidate.slot <= Number(slot));
    if (line === undefined) continue;
    const told = `${line.file}:${line.line}  ${line.text}`;
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
  return counts;
}
