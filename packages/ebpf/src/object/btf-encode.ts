/**
 * BTF types to the bytes that BPF_BTF_LOAD takes.
 *
 *     header (24 bytes) | types | strings
 *
 * Each type is three words (name, info, size or type) and, for some kinds, more. `info` is
 * `kind flag << 31 | kind << 24 | number of members or parameters`.
 *
 * @see kernel Documentation/bpf/btf.rst, section 2
 */

import type { StringTable } from "./btf-strings.ts";
import {
  BTF_HEADER_BYTES,
  BTF_MAGIC,
  BTF_VERSION,
  type BtfComposite,
  type BtfEnum,
  type BtfType,
  INTEGER_ENCODING,
  KIND,
  LINKAGES,
} from "./btf-types.ts";
import { createWordWriter, type WordWriter } from "./word-writer.ts";

const KIND_FLAG = 0x8000_0000;
const MAX_VLEN = 0xffff;

/**
 * @param strings takes up the names; texts already in it (source lines) keep their offsets
 * @throws RangeError if a list has more than 65,535 entries
 */
export function encodeBtf(types: readonly BtfType[], strings: StringTable): Uint8Array {
  const writer = createWordWriter();
  for (const type of types) encodeType(writer, type, strings);
  const typeBytes = writer.bytes();
  const stringBytes = strings.bytes();

  const bytes = new Uint8Array(BTF_HEADER_BYTES + typeBytes.length + stringBytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, true);
  view.setUint8(2, BTF_VERSION);
  view.setUint32(4, BTF_HEADER_BYTES, true);
  // The offsets of the two sections count from the end of the header.
  view.setUint32(8, 0, true);
  view.setUint32(12, typeBytes.length, true);
  view.setUint32(16, typeBytes.length, true);
  view.setUint32(20, stringBytes.length, true);
  bytes.set(typeBytes, BTF_HEADER_BYTES);
  bytes.set(stringBytes, BTF_HEADER_BYTES + typeBytes.length);
  return bytes;
}

/** What follows the name: the rest of `info`, the third word, and the words that only some kinds have. */
interface Shape {
  readonly name: string;
  /** Members, parameters, enumerators or placements; for a function its linkage. */
  readonly count: number;
  readonly flag: boolean;
  readonly sizeOrType: number;
  readonly more: readonly number[];
}

function encodeType(writer: WordWriter, type: BtfType, strings: StringTable): void {
  const { name, count, flag, sizeOrType, more } = shapeOf(type, strings);
  if (count > MAX_VLEN) {
    throw new RangeError(
      `Cannot encode BTF ${type.kind} "${name}" of ${count} entries: the format counts to ${MAX_VLEN}.`,
    );
  }
  const info = (flag ? KIND_FLAG : 0) | (KIND[type.kind] << 24) | count;
  writer.words(strings.offsetOf(name), info, sizeOrType, ...more);
}

function shapeOf(type: BtfType, strings: StringTable): Shape {
  const plain = { name: "", count: 0, flag: false, sizeOrType: 0, more: [] };
  switch (type.kind) {
    case "int":
      return {
        ...plain,
        name: type.name,
        sizeOrType: type.size,
        more: [(INTEGER_ENCODING[type.encoding] << 24) | type.bits],
      };
    case "array":
      return { ...plain, more: [type.element, type.index, type.length] };
    case "struct":
    case "union":
      return shapeOfComposite(type, strings);
    case "enum":
    case "enum64":
      return shapeOfEnum(type, strings);
    case "fwd":
      return { ...plain, name: type.name, flag: type.of === "union" };
    case "ptr":
    case "const":
    case "volatile":
    case "restrict":
      return { ...plain, sizeOrType: type.type };
    case "typedef":
    case "typeTag":
      return { ...plain, name: type.name, sizeOrType: type.type };
    case "funcProto": {
      const more = type.parameters.flatMap((parameter) => [strings.offsetOf(parameter.name), parameter.type]);
      return { ...plain, count: type.parameters.length, sizeOrType: type.result, more };
    }
    case "func":
      return { ...plain, name: type.name, count: LINKAGES.indexOf(type.linkage), sizeOrType: type.prototype };
    case "var":
      return { ...plain, name: type.name, sizeOrType: type.type, more: [LINKAGES.indexOf(type.linkage)] };
    case "datasec": {
      const more = type.placements.flatMap(({ type: id, offset, size }) => [id, offset, size]);
      return { ...plain, name: type.name, count: type.placements.length, sizeOrType: type.size, more };
    }
    case "float":
      return { ...plain, name: type.name, sizeOrType: type.size };
    case "declTag":
      return { ...plain, name: type.name, sizeOrType: type.type, more: [type.component] };
  }
}

function shapeOfComposite(type: BtfComposite, strings: StringTable): Shape {
  // With the kind flag every member's offset word also carries a width, 0 for whole members.
  const hasBitFields = type.members.some((member) => member.bitSize !== undefined);
  const more = type.members.flatMap(({ name, type: id, bitOffset, bitSize = 0 }) => [
    strings.offsetOf(name),
    id,
    hasBitFields ? (bitSize << 24) | bitOffset : bitOffset,
  ]);
  return { name: type.name, count: type.members.length, flag: hasBitFields, sizeOrType: type.size, more };
}

function shapeOfEnum(type: BtfEnum, strings: StringTable): Shape {
  const more = type.enumerators.flatMap(({ name, value }) => {
    const bits = BigInt.asUintN(64, value);
    const low = [strings.offsetOf(name), Number(bits & 0xffff_ffffn)];
    return type.kind === "enum64" ? [...low, Number(bits >> 32n)] : low;
  });
  return { name: type.name, count: type.enumerators.length, flag: type.signed, sizeOrType: type.size, more };
}
