/**
 * The layout of a map: everything two maps must share for one program to use either. Pure.
 *
 * Sizes alone do not tell layouts apart: swapping two fields keeps every size and makes nonsense of every entry. So the
 * members of key and value count too, read from BTF: of our own spec before loading, of a pinned map from the kernel.
 */
import { createHash } from "node:crypto";
import { type MapInfo, mapFlags, mapTypes, wordOf } from "@weir/linux";
import type { BtfType, MapSpec, TypeId } from "../object/index.ts";

export interface MapLayout {
  /** The kernel's word: "hash", "lru_hash". */
  readonly type: string;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_* of creation. */
  readonly flags: number;
  /** Members of key and value; `null` for a map without type information. */
  readonly members: { readonly key: readonly LayoutMember[]; readonly value: readonly LayoutMember[] } | null;
}

/** An integer, or several in a row, at its place. */
export interface LayoutMember {
  /** Path from the outermost struct, "address.port"; empty for a key or value that is itself an integer. */
  readonly path: string;
  /** Bits from the start of the key or value. */
  readonly bitOffset: number;
  /** Name, sign and size: "u32 (unsigned, 4 bytes)", "u8 (unsigned, 1 bytes) × 6". */
  readonly type: string;
}

export function layoutOfSpec(spec: MapSpec, types: readonly BtfType[]): MapLayout {
  const type = wordOf(mapTypes, spec.type);
  return {
    type,
    keySize: spec.keySize,
    valueSize: spec.valueSize,
    maxEntries: spec.maxEntries,
    flags: spec.flags & ~flagsOfTheKernel(type),
    members: spec.types && { key: membersOf(types, spec.types.key), value: membersOf(types, spec.types.value) },
  };
}

/** @param types the BTF that belongs to the map; `null` when it has none or it could not be read */
export function layoutOfInfo(info: MapInfo, types: readonly BtfType[] | null): MapLayout {
  return {
    type: info.type,
    keySize: info.keySize,
    valueSize: info.valueSize,
    maxEntries: info.maxEntries,
    flags: info.flags & ~flagsOfTheKernel(info.type),
    members: types && { key: membersOf(types, info.btfKeyTypeId), value: membersOf(types, info.btfValueTypeId) },
  };
}

/** What differs, one line each, wanted first; empty when a program may use either map. */
export function layoutDifferences(wanted: MapLayout, found: MapLayout): readonly string[] {
  const differences: string[] = [];
  const compare = (what: string, a: string | number, b: string | number) => {
    if (a !== b) differences.push(`${what}: wanted ${a}, found ${b}`);
  };
  compare("type", wanted.type, found.type);
  compare("key size", wanted.keySize, found.keySize);
  compare("value size", wanted.valueSize, found.valueSize);
  compare("entries", wanted.maxEntries, found.maxEntries);
  compare("flags", hex(wanted.flags), hex(found.flags));
  if (wanted.members !== null) {
    if (found.members === null) differences.push("type information: wanted, found none, so fields cannot be compared");
    else {
      differences.push(...memberDifferences("key", wanted.members.key, found.members.key));
      differences.push(...memberDifferences("value", wanted.members.value, found.members.value));
    }
  }
  return differences;
}

/** Sixteen hexadecimal digits that are equal for equal layouts, to print and to store. */
export function layoutFingerprint(layout: MapLayout): string {
  const { type, keySize, valueSize, maxEntries, flags, members } = layout;
  const list = (of: readonly LayoutMember[]) => of.map((member) => [member.path, member.bitOffset, member.type]);
  const canonical = [type, keySize, valueSize, maxEntries, flags, members && [list(members.key), list(members.value)]];
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex").slice(0, 16);
}

/** Flags that the kernel adds by itself: programs may never write into device maps. */
function flagsOfTheKernel(type: string): number {
  return type === "devmap" || type === "devmap_hash" ? mapFlags.readOnlyProgram : 0;
}

function hex(flags: number): string {
  return `0x${flags.toString(16)}`;
}

function memberDifferences(
  part: "key" | "value",
  wanted: readonly LayoutMember[],
  found: readonly LayoutMember[],
): readonly string[] {
  const differences: string[] = [];
  const foundByPath = new Map(found.map((member) => [member.path, member]));
  const place = ({ bitOffset, type }: LayoutMember) =>
    `${type} at ${bitOffset % 8 === 0 ? `byte ${bitOffset / 8}` : `bit ${bitOffset}`}`;
  const label = ({ path }: LayoutMember) => (path === "" ? part : `${part} ${path}`);
  for (const member of wanted) {
    const other = foundByPath.get(member.path);
    foundByPath.delete(member.path);
    if (other === undefined) differences.push(`${label(member)}: wanted ${place(member)}, found none`);
    else if (place(member) !== place(other)) {
      differences.push(`${label(member)}: wanted ${place(member)}, found ${place(other)}`);
    }
  }
  for (const member of foundByPath.values()) differences.push(`${label(member)}: wanted none, found ${place(member)}`);
  return differences;
}

/** Deeper than any map's value is nested; BTF from elsewhere may be cyclic. */
const MAX_DEPTH = 16;

function membersOf(types: readonly BtfType[], id: TypeId): readonly LayoutMember[] {
  const members: LayoutMember[] = [];
  walk(types, id, "", 0, 0, members);
  return members;
}

function walk(
  types: readonly BtfType[],
  id: TypeId,
  path: string,
  bitOffset: number,
  depth: number,
  into: LayoutMember[],
): void {
  const type = types[id - 1];
  if (type === undefined || depth > MAX_DEPTH) return;
  switch (type.kind) {
    case "typedef":
    case "const":
    case "volatile":
    case "restrict":
    case "typeTag":
      walk(types, type.type, path, bitOffset, depth + 1, into);
      return;
    case "struct":
    case "union":
      for (const member of type.members) {
        const inner = path === "" || member.name === "" ? `${path}${member.name}` : `${path}.${member.name}`;
        walk(types, member.type, inner, bitOffset + member.bitOffset, depth + 1, into);
      }
      return;
    case "array": {
      const element: LayoutMember[] = [];
      walk(types, type.element, "", 0, depth + 1, element);
      for (const member of element) {
        const inner = member.path === "" ? path : `${path}[].${member.path}`;
        into.push({ path: inner, bitOffset: bitOffset + member.bitOffset, type: `${member.type} × ${type.length}` });
      }
      return;
    }
    default:
      into.push({ path, bitOffset, type: describe(type) });
  }
}

function describe(type: BtfType): string {
  if (type.kind === "int") return `${type.name} (${type.encoding}, ${type.size} bytes)`;
  return "name" in type ? `${type.kind} ${type.name}` : type.kind;
}
