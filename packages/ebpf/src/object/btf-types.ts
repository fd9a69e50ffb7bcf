/**
 * The types of BTF (BPF Type Format) as plain data.
 *
 * A type names another by its id, its place in the list of types: the first one is 1, and 0 is `void`. Offsets of members
 * are in bits, sizes in bytes, everywhere as the format has them.
 *
 * @see kernel Documentation/bpf/btf.rst
 */

/** Place in the list of types, counted from 1. 0 is `void`. */
export type TypeId = number;

export const VOID: TypeId = 0;

export interface BtfMember {
  /** Empty for an anonymous struct or union inside another. */
  readonly name: string;
  readonly type: TypeId;
  readonly bitOffset: number;
  /** Width of a bit field; absent for a whole member. */
  readonly bitSize?: number;
}

export interface BtfParameter {
  readonly name: string;
  readonly type: TypeId;
}

export interface BtfEnumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface BtfPlacement {
  /** Id of a `var` (or, in external sections, a `func`). */
  readonly type: TypeId;
  readonly offset: number;
  readonly size: number;
}

export interface BtfInteger {
  readonly kind: "int";
  readonly name: string;
  readonly size: number;
  readonly encoding: "unsigned" | "signed" | "char" | "bool";
  /** Bits used of `size` bytes; all of them, except in very old objects. */
  readonly bits: number;
}

export interface BtfArray {
  readonly kind: "array";
  readonly element: TypeId;
  readonly index: TypeId;
  readonly length: number;
}

export interface BtfComposite {
  readonly kind: "struct" | "union";
  readonly name: string;
  readonly size: number;
  readonly members: readonly BtfMember[];
}

export interface BtfEnum {
  readonly kind: "enum" | "enum64";
  readonly name: string;
  readonly size: number;
  readonly signed: boolean;
  readonly enumerators: readonly BtfEnumerator[];
}

export interface BtfForward {
  readonly kind: "fwd";
  readonly name: string;
  readonly of: "struct" | "union";
}

/** A type that only points at, names or qualifies another. */
export interface BtfReference {
  readonly kind: "ptr" | "const" | "volatile" | "restrict";
  readonly type: TypeId;
}

export interface BtfNamedReference {
  readonly kind: "typedef" | "typeTag";
  readonly name: string;
  readonly type: TypeId;
}

export interface BtfFunctionPrototype {
  readonly kind: "funcProto";
  readonly result: TypeId;
  readonly parameters: readonly BtfParameter[];
}

export interface BtfFunction {
  readonly kind: "func";
  readonly name: string;
  readonly prototype: TypeId;
  readonly linkage: "static" | "global" | "extern";
}

export interface BtfVariable {
  readonly kind: "var";
  readonly name: string;
  readonly type: TypeId;
  readonly linkage: "static" | "global" | "extern";
}

export interface BtfDataSection {
  readonly kind: "datasec";
  readonly name: string;
  readonly size: number;
  readonly placements: readonly BtfPlacement[];
}

export interface BtfFloat {
  readonly kind: "float";
  readonly name: string;
  readonly size: number;
}

export interface BtfDeclarationTag {
  readonly kind: "declTag";
  readonly name: string;
  readonly type: TypeId;
  /** Member or parameter that is tagged; -1 for the type itself. */
  readonly component: number;
}

export type BtfType =
  | BtfInteger
  | BtfArray
  | BtfComposite
  | BtfEnum
  | BtfForward
  | BtfReference
  | BtfNamedReference
  | BtfFunctionPrototype
  | BtfFunction
  | BtfVariable
  | BtfDataSection
  | BtfFloat
  | BtfDeclarationTag;

/** Numbers of the kinds on the wire. */
export const KIND = {
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  func: 12,
  funcProto: 13,
  var: 14,
  datasec: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const satisfies Record<BtfType["kind"], number>;

/** Numbers of the linkages on the wire are their places here. */
export const LINKAGES = ["static", "global", "extern"] as const;

/** Bits of an integer's encoding on the wire. */
export const INTEGER_ENCODING = { unsigned: 0, signed: 1, char: 2, bool: 4 } as const;

export const BTF_MAGIC = 0xeb9f;
export const BTF_VERSION = 1;
export const BTF_HEADER_BYTES = 24;
