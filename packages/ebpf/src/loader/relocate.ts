/**
 * Puts the descriptors of live maps where a program's spec has their names. Pure.
 */
import { type Instruction, isWide, LD_IMM64, loadMapFd, loadMapValue, type ProgramSpec } from "../object/index.ts";
import { LoaderError } from "./loader-error.ts";

/**
 * @param descriptors descriptor numbers by map name
 * @throws LoaderError "spec-invalid" when a relocation names a map that is not there, or an instruction that is not a
 *   64-bit immediate load
 */
export function relocate(
  program: Pick<ProgramSpec, "name" | "instructions" | "relocations">,
  descriptors: ReadonlyMap<string, number>,
): readonly Instruction[] {
  const instructions = [...program.instructions];
  for (const { instruction: index, kind, map, offset } of program.relocations) {
    const fail = (why: string): never => {
      throw new LoaderError({
        code: "spec-invalid",
        what: `Cannot put the map ${map} into instruction ${index} of the program ${program.name}`,
        why,
        fix: "Compile the program again; if it persists, the compiler is at fault.",
      });
    };
    const instruction = instructions[index];
    if (instruction === undefined || instruction.opcode !== LD_IMM64 || !isWide(instruction)) {
      return fail("that instruction is not a 64-bit immediate load");
    }
    const descriptor = descriptors.get(map) ?? fail("the collection has no map of that name");
    instructions[index] =
      kind === "map" ? loadMapFd(instruction.dst, descriptor) : loadMapValue(instruction.dst, descriptor, offset);
  }
  return instructions;
}
