/**
 * Bytes to BTF types: what the loader reads back from the kernel or from a file.
 *
 * Any bytes give a value or a problem. What is accepted is safe to walk: every name lies in the string table and every
 * id names a type that exists. (Cycles are allowed, as through pointers, so a walk must still bound its depth.)
 *
 * @see kernel Documentation/bpf/btf.rst, section 2
 */

import {
  BTF_HEADER_BYTES,
  BTF_MAGIC,
  BTF_VERSION,
  type BtfEnumerator,
  type BtfInteger,
  type BtfMember,
  type BtfType,
  KIND,
  LINKAGES,
  type TypeId,
} from "./btf-types.ts";
import type { Decoded } from "./outcome.ts";

/** @returns the types in order: the type with id n is at index n - 1 */
export function decodeBtf(bytes: Uint8Array): Decoded<readonly BtfType[]> {
  try {
    return { ok: true, value: readTypes(readSections(bytes)) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return {
      ok: false,
      problem: {
        code: "btf-malformed",
        what: `Cannot decode ${bytes.length} bytes as BTF`,
        why: error.message,
        fix: "Pass BTF of format version 1 in little-endian byte order, whole and unchanged.",
      },
    };
  }
}

/** Leaves the reader from any depth; never leaves this file. */
class Malformed extends Error {}

interface Sections {
  readonly words: WordReader;
  readonly strings: Uint8Array;
}

function readSections(bytes: Uint8Array): Sections {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < BTF_HEADER_BYTES) throw new Malformed(`the header alone takes ${BTF_HEADER_BYTES} bytes`);
  const magic = view.getUint16(0, true);
  if (magic !== BTF_MAGIC) throw new Malformed(`it begins with 0x${magic.toString(16)} instead of 0xeb9f`);
  const version = view.getUint8(2);
  if (version !== BTF_VERSION) throw new Malformed(`its version is ${version}, and only 1 is known`);
  const headerBytes = view.getUint32(4, true);
  const section = (name: string, at: number): Uint8Array => {
    const start = headerBytes + view.getUint32(at, true);
    const end = start + view.getUint32(at + 4, true);
    if (headerBytes < BTF_HEADER_BYTES || end > bytes.length) {
      throw new Malformed(`its ${name} section spans bytes ${start}..${end}, outside the ${bytes.length} given`);
    }
    return bytes.subarray(start, end);
  };
  const strings = section("string", 16);
  if (strings[0] !== 0 || strings.at(-1) !== 0)
    throw new Malformed("its string table does not begin and end with a zero");
  return { words: new WordReader(section("type", 8)), strings };
}

class WordReader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length % 4 !== 0) throw new Malformed(`its type section has ${bytes.length} bytes, no multiple of 4`);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#view.byteLength;
  }

  word(): number {
    if (this.isAtEnd) throw new Malformed("its last type is cut short");
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }
}

function readTypes({ words, strings }: Sections): readonly BtfType[] {
  const decoder = new TextDecoder();
  const nameAt = (offset: number): string => {
    if (offset >= strings.length)
      throw new Malformed(`a name lies at ${offset}, past the ${strings.length} bytes of strings`);
    return decoder.decode(strings.subarray(offset, strings.indexOf(0, offset)));
  };
  const types: BtfType[] = [];
  let highest: TypeId = 0;
  const id = (value: number): TypeId => {
    highest = Math.max(highest, value);
    return value;
  };
  while (!words.isAtEnd) types.push(readType(words, nameAt, id));
  if (highest > types.length) throw new Malformed(`it refers to type ${highest} of only ${types.length}`);
  return types;
}

type NameAt = (offset: number) => string;
type ReadId = (value: number) => TypeId;

function readType(words: WordReader, nameAt: NameAt, id: ReadId): BtfType {
  const name = nameAt(words.word());
  const info = words.word();
  const sizeOrType = words.word();
  const kind = (info >>> 24) & 0x1f;
  const flag = info >>> 31 === 1;
  const count = info & 0xffff;
  switch (kind) {
    case KIND.int:
      return readInteger(words.word(), name, sizeOrType);
    case KIND.ptr:
      return { kind: "ptr", type: id(sizeOrType) };
    case KIND.array:
      return { kind: "array", element: id(words.word()), index: id(words.word()), length: words.word() };
    case KIND.struct:
    case KIND.union: {
      const members = times(count, () => readMember(words, nameAt, id, flag));
      return { kind: kind === KIND.struct ? "struct" : "union", name, size: sizeOrType, members };
    }
    case KIND.enum:
      return {
        kind: "enum",
        name,
        size: sizeOrType,
        signed: flag,
        enumerators: times(count, () => readEnumerator(words, nameAt, flag)),
      };
    case KIND.enum64:
      return {
        kind: "enum64",
        name,
        size: sizeOrType,
        signed: flag,
        enumerators: times(count, () => readEnumerator64(words, nameAt, flag)),
      };
    case KIND.fwd:
      return { kind: "fwd", name, of: flag ? "union" : "struct" };
    case KIND.typedef:
      return { kind: "typedef", name, type: id(sizeOrType) };
    case KIND.volatile:
      return { kind: "volatile", type: id(sizeOrType) };
    case KIND.const:
      return { kind: "const", type: id(sizeOrType) };
    case KIND.restrict:
      return { kind: "restrict", type: id(sizeOrType) };
    case KIND.func:
      return { kind: "func", name, prototype: id(sizeOrType), linkage: linkage(count) };
    case KIND.funcProto: {
      const parameters = times(count, () => ({ name: nameAt(words.word()), type: id(words.word()) }));
      return { kind: "funcProto", result: id(sizeOrType), parameters };
    }
    case KIND.var:
      return { kind: "var", name, type: id(sizeOrType), linkage: linkage(words.word()) };
    case KIND.datasec: {
      const placements = times(count, () => ({ type: id(words.word()), offset: words.word(), size: words.word() }));
      return { kind: "datasec", name, size: sizeOrType, placements };
    }
    case KIND.float:
      return { kind: "float", name, size: sizeOrType };
    case KIND.declTag:
      return { kind: "declTag", name, type: id(sizeOrType), component: words.word() | 0 };
    case KIND.typeTag:
      return { kind: "typeTag", name, type: id(sizeOrType) };
    default:
      throw new Malformed(`it holds a type of the unknown kind ${kind}`);
  }
}

function readInteger(word: number, name: string, size: number): BtfInteger {
  const bits = word & 0xff;
  const bitOffset = (word >>> 16) & 0xff;
  const encodingBits = (word >>> 24) & 0x0f;
  const encoding = INTEGER_ENCODINGS.get(encodingBits);
  // Offset and unusual widths are leftovers of bit fields before the kind flag (2018); no compiler emits them now.
  if (encoding === undefined || bitOffset !== 0) {
    throw new Malformed(`its integer "${name}" has the unsupported encoding 0x${word.toString(16)}`);
  }
  return { kind: "int", name, size, encoding, bits };
}

const INTEGER_ENCODINGS: ReadonlyMap<number, BtfInteger["encoding"]> = new Map([
  [0, "unsigned"],
  [1, "signed"],
  [2, "char"],
  [4, "bool"],
]);

function readMember(words: WordReader, nameAt: NameAt, id: ReadId, hasBitFields: boolean): BtfMember {
  const name = nameAt(words.word());
  const type = id(words.word());
  const place = words.word();
  if (!hasBitFields) return { name, type, bitOffset: place };
  const bitOffset = place & 0xff_ffff;
  const bitSize = place >>> 24;
  return bitSize === 0 ? { name, type, bitOffset } : { name, type, bitOffset, bitSize };
}

function readEnumerator(words: WordReader, nameAt: NameAt, signed: boolean): BtfEnumerator {
  const name = nameAt(words.word());
  const value = words.word();
  return { name, value: BigInt(signed ? value | 0 : value) };
}

function readEnumerator64(words: WordReader, nameAt: NameAt, signed: boolean): BtfEnumerator {
  const name = nameAt(words.word());
  const low = BigInt(words.word());
  const value = (BigInt(words.word()) << 32n) | low;
  return { name, value: signed ? BigInt.asIntN(64, value) : value };
}

function linkage(number: number): (typeof LINKAGES)[number] {
  const known = LINKAGES[number];
  if (known === undefined) throw new Malformed(`it holds the unknown linkage ${number}`);
  return known;
}

function times<T>(count: number, read: () => T): readonly T[] {
  return Array.from({ length: count }, read);
}
