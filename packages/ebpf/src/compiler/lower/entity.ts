/**
 * Entities: what an expression may stand for while a function is lowered.
 *
 * Numbers become SSA values. References, vectors, layouts, maps and functions exist only here: they are taken apart into
 * pointers and constant offsets before the intermediate form sees them.
 */
import type { Kind } from "../../language/kind.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { Value } from "../ir/ir.ts";
import type { Binding, ProgramKind } from "../resolve/program.ts";
import type { Region } from "./region.ts";

/** An address: a base pointer that is computed once, and a constant distance from it. */
export interface Place {
  readonly base: Value;
  readonly offset: number;
  readonly region: Region;
}

export interface RefEntity extends Place {
  readonly kind: "ref";
  readonly layout: AnyLayout;
  /** A bool that is 1 when the reference is null; `null` once that has been ruled out. */
  readonly isNull: Value | null;
}

/** An array field of a struct, still in its place. */
export interface VectorEntity extends Place {
  readonly kind: "vector";
  readonly element: Kind;
  readonly length: number;
  readonly swapped: boolean;
}

export interface ContextEntity {
  readonly kind: "context";
  readonly program: ProgramKind;
  readonly pointer: Value;
  /** The arguments of a syscall program. */
  readonly args: AnyLayout | null;
}

/** A map: named in the source, or an inner map found in an outer one. */
export interface MapEntity {
  readonly kind: "map";
  readonly declaration: MapDeclaration;
  readonly pointer: Value | null;
  readonly isNull: Value | null;
}

export type Entity =
  | { readonly kind: "int"; readonly value: Value }
  | { readonly kind: "u64"; readonly value: Value }
  | { readonly kind: "bool"; readonly value: Value }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "null" }
  | { readonly kind: "void" }
  | { readonly kind: "static"; readonly binding: Binding }
  | RefEntity
  | VectorEntity
  | ContextEntity
  | MapEntity;

export type Scalar = Extract<Entity, { readonly kind: "int" | "u64" | "bool" }>;

export function isScalar(entity: Entity): entity is Scalar {
  return entity.kind === "int" || entity.kind === "u64" || entity.kind === "bool";
}

/** Names the kind of an entity in a message. */
export function describe(entity: Entity): string {
  switch (entity.kind) {
    case "int":
      return "a number";
    case "u64":
      return "a u64";
    case "bool":
      return "a boolean";
    case "string":
      return "a string";
    case "null":
      return "null";
    case "void":
      return "no value";
    case "ref":
      return "a reference";
    case "vector":
      return "a vector";
    case "context":
      return "the context";
    case "map":
      return `the map "${entity.declaration.name}"`;
    case "static":
      return `a ${entity.binding.kind}`;
  }
}
