/**
 * The two rivals of every comparison, compiled and loaded over the same maps.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "@weir/ebpf/compiler";
import {
  alu64Imm,
  encodeInstructions,
  exit,
  type Instruction,
  loadMapFd,
  type MapSpec,
  SLOT_BYTES,
} from "@weir/ebpf/object";
import { type FileDescriptor, mapCreate, mapTypes, programInfo, programLoad, wordOf } from "@weir/linux";
import { compileC } from "./clang.ts";
import type { Code } from "./elf.ts";

export type Maps = ReadonlyMap<string, FileDescriptor>;

/** One program in both languages, and the maps it wants. */
export interface Pair {
  readonly name: string;
  readonly typescript: Code;
  readonly c: Code;
  readonly maps: readonly MapSpec[];
}

/** What became of a program in the kernel. */
export interface Size {
  /** Slots of 8 bytes, as compiled. */
  readonly instructions: number;
  /** Instructions that the verifier walked through. */
  readonly verified: number;
  /** Slots of 8 bytes, as the verifier rewrote them. */
  readonly translated: number;
  /** Bytes of machine code. */
  readonly jited: number;
}

/** Compiles `<name>.ts` and `<name>.c` of this folder. */
export function compilePair(name: string): Pair {
  const readSource = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
  const { programs, maps } = compile(`${name}.ts`, { readSource });
  const [typescript] = programs;
  if (typescript === undefined) throw new Error(`${name}.ts exports no program.`);
  return { name, typescript, c: compileC(`${name}.c`), maps };
}

export function createMaps(specs: readonly MapSpec[]): Maps {
  return new Map(
    specs.map(({ name, type, keySize, valueSize, maxEntries, flags }) => {
      const word = wordOf(mapTypes, type);
      if (!(word in mapTypes)) throw new Error(`Map ${name} is of ${word}, which this bench does not know.`);
      return [name, mapCreate({ name, type: word as keyof typeof mapTypes, keySize, valueSize, maxEntries, flags })];
    }),
  );
}

/** Neither rival gets BTF or line information: they make no difference to what is measured. */
export function loadCode(name: string, { instructions, relocations }: Code, maps: Maps): FileDescriptor {
  const relocated = [...instructions];
  for (const { instruction, map } of relocations) {
    const target = relocated[instruction];
    const fd = maps.get(map);
    if (target === undefined || fd === undefined)
      throw new Error(`${name} wants the map ${map}, which was not declared.`);
    relocated[instruction] = loadMapFd(target.dst, fd.number);
  }
  return loadInstructions(name, relocated);
}

export function loadInstructions(name: string, instructions: readonly Instruction[]): FileDescriptor {
  return programLoad({ type: "xdp", name, license: "GPL", instructions: encodeInstructions(instructions) }).fd;
}

/** The program that does nothing: what it takes is the harness's. */
export function emptyProgram(verdict: number): readonly Instruction[] {
  return [alu64Imm("mov", 0, verdict), exit()];
}

export function sizeOf(code: Code, maps: Maps): Size {
  const program = loadCode("size", code, maps);
  const { verifiedInstructions, translatedSize, jitedSize } = programInfo(program);
  program.close();
  return {
    instructions: encodeInstructions(code.instructions).length / SLOT_BYTES,
    verified: verifiedInstructions,
    translated: translatedSize / SLOT_BYTES,
    jited: jitedSize,
  };
}
