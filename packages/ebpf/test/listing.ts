/**
 * A compiled program as people read it: instructions under the source lines they were made from, maps by name.
 */
import { relocate } from "../src/loader/relocate.ts";
import { listInstructions, type ProgramSpec, slotPositions } from "../src/object/index.ts";

export function listProgram(spec: ProgramSpec): string {
  const slots = slotPositions(spec.instructions);
  const bySlot = <T>(entries: readonly { readonly instruction: number }[], name: (index: number) => T) =>
    new Map(entries.map(({ instruction }, index) => [slots[instruction] ?? 0, name(index)]));
  const functions = bySlot(spec.functions, (index) => spec.functions[index]?.name);
  const lines = bySlot(spec.lines, (index) => sourceLine(spec.lines[index]));
  const numbers = new Map(spec.maps.map((name, index) => [name, index]));
  return listInstructions(relocate(spec, numbers), {
    mapName: (number) => spec.maps[number],
    functionName: (slot) => functions.get(slot),
    sourceLine: (slot) => lines.get(slot),
  });
}

function sourceLine(line: ProgramSpec["lines"][number] | undefined): string | undefined {
  return line && `${line.text} @ ${line.file}:${line.line}`;
}
