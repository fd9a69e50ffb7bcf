/**
 * A program as people read it: instructions under the source lines they come from, maps and functions by name.
 */
import { type Instruction, listInstructions, type ProgramSpec, slotPositions } from "../object/index.ts";

export function listProgram(program: ProgramSpec): string {
  const slots = slotPositions(program.instructions);
  const lines = new Map(
    program.lines.map((line) => [slots[line.instruction], `${line.file}:${line.line}  ${line.text}`]),
  );
  const functions = new Map(program.functions.map((entry) => [slots[entry.instruction], entry.name]));
  const names = program.maps;
  const listing = listInstructions(named(program), {
    mapName: (number) => names[number],
    functionName: (slot) => functions.get(slot),
    sourceLine: (slot) => lines.get(slot),
  });
  const stack = program.functions.map(({ name, frameSize }) => `${name} ${frameSize}`).join(", ");
  return `${program.kind} program ${program.name}: ${slots.at(-1)} slots, bytes of stack: ${stack}\n${listing}`;
}

/** The instructions with the place of each map in `program.maps` where its descriptor will stand. */
function named(program: ProgramSpec): readonly Instruction[] {
  const instructions = [...program.instructions];
  for (const { instruction, map } of program.relocations) {
    const before = instructions[instruction];
    if (before !== undefined && typeof before.imm === "bigint") {
      instructions[instruction] = { ...before, imm: (before.imm & ~0xffffffffn) | BigInt(program.maps.indexOf(map)) };
    }
  }
  return instructions;
}
