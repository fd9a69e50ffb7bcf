/**
 * Reads what clang has made: the instructions of one section of a relocatable ELF file, and which of them want a map.
 *
 * Only for objects of this bench: little endian, 64 bits, maps as undefined symbols. Everything else is refused.
 *
 * @see elf(5); kernel: Documentation/bpf/llvm_reloc.rst
 */
import { decodeInstructions, type Instruction, type Relocation, SLOT_BYTES, slotPositions } from "@weir/ebpf/object";

/** A program as both languages end up: instructions, and where maps are to be put in. */
export interface Code {
  readonly instructions: readonly Instruction[];
  readonly relocations: readonly Relocation[];
}

interface Section {
  readonly name: string;
  readonly type: number;
  /** The section that this one is about: of relocations, the one to be relocated. */
  readonly info: number;
  readonly bytes: DataView;
}

const SHT_SYMTAB = 2;
const SHT_REL = 9;
const SYMBOL_BYTES = 24;
const RELOCATION_BYTES = 16;
/** A 64-bit immediate load wants the symbol's address. */
const R_BPF_64_64 = 1;

/** @throws Error when the file is not such an object or has no section of that name */
export function readProgram(file: Uint8Array, sectionName: string): Code {
  const sections = readSections(file);
  const index = sections.findIndex(({ name }) => name === sectionName);
  const section = sections[index] ?? fail(`it has no section ${sectionName}`);
  const { buffer, byteOffset, byteLength } = section.bytes;
  const decoded = decodeInstructions(new Uint8Array(buffer, byteOffset, byteLength));
  if (!decoded.ok) return fail(decoded.problem.why);
  const indexOfSlot = new Map(slotPositions(decoded.value).map((slot, instruction) => [slot, instruction]));
  const symbols = symbolNames(sections);
  const relocations = sections
    .filter(({ type, info }) => type === SHT_REL && info === index)
    .flatMap(({ bytes }) => records(bytes, RELOCATION_BYTES))
    .map((record): Relocation => {
      if (record.getUint32(8, true) !== R_BPF_64_64)
        return fail("it has a relocation of another kind than R_BPF_64_64");
      const instruction = indexOfSlot.get(Number(record.getBigUint64(0, true)) / SLOT_BYTES);
      const map = symbols[record.getUint32(12, true)];
      if (instruction === undefined || map === undefined || map === "") return fail("a relocation leads nowhere");
      return { instruction, kind: "map", map, offset: 0 };
    });
  return { instructions: decoded.value, relocations };
}

function readSections(file: Uint8Array): readonly Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isElf = file.length >= 64 && view.getUint32(0) === 0x7f454c46;
  if (!isElf || view.getUint8(4) !== 2 || view.getUint8(5) !== 1) return fail("it is no 64-bit little-endian ELF file");
  const start = Number(view.getBigUint64(40, true));
  const headers = Array.from(
    { length: view.getUint16(60, true) },
    (_, i) => new DataView(view.buffer, view.byteOffset + start + i * view.getUint16(58, true), 64),
  );
  const contents = headers.map((header) => {
    const offset = Number(header.getBigUint64(24, true));
    return new DataView(view.buffer, view.byteOffset + offset, Number(header.getBigUint64(32, true)));
  });
  const names = contents[view.getUint16(62, true)] ?? fail("it has no section names");
  return headers.map((header, i) => ({
    name: textAt(names, header.getUint32(0, true)),
    type: header.getUint32(4, true),
    info: header.getUint32(44, true),
    bytes: contents[i] ?? names,
  }));
}

/** Names of all symbols, by number. The only string table of clang's objects is also that of the section names. */
function symbolNames(sections: readonly Section[]): readonly string[] {
  const strings = sections.find(({ name }) => name === ".strtab") ?? fail("it has no string table");
  const table = sections.find(({ type }) => type === SHT_SYMTAB) ?? fail("it has no symbols");
  return records(table.bytes, SYMBOL_BYTES).map((symbol) => textAt(strings.bytes, symbol.getUint32(0, true)));
}

function records(bytes: DataView, size: number): readonly DataView[] {
  const count = Math.floor(bytes.byteLength / size);
  return Array.from({ length: count }, (_, i) => new DataView(bytes.buffer, bytes.byteOffset + i * size, size));
}

function textAt(strings: DataView, offset: number): string {
  const bytes = Buffer.from(strings.buffer, strings.byteOffset + offset, strings.byteLength - offset);
  return bytes.toString("latin1", 0, bytes.indexOf(0));
}

function fail(why: string): never {
  throw new Error(`Cannot read the object file: ${why}. Compile the C programs of this bench with clang -target bpf.`);
}
