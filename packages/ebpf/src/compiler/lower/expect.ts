/**
 * Places in a program where only one kind of scalar makes sense.
 */
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import { describe, type Entity } from "./entity.ts";

/** @param subject what has to be a number: "the index" */
export function expectInt(entity: Entity, subject: string, at: Span): Value {
  if (entity.kind === "int") return entity.value;
  return refuse("E307", at, `${subject} is ${describe(entity)}, not a number`, `give it a number${numberFrom(entity)}`);
}

/** How a number is made of it. */
function numberFrom(entity: Entity): string {
  if (entity.kind === "u64") return ": Number(x) converts a u64";
  return entity.kind === "bool" ? ": x ? 1 : 0" : "";
}

export function expectU64(entity: Entity, subject: string, at: Span): Value {
  if (entity.kind === "u64") return entity.value;
  return refuse("E307", at, `${subject} is ${describe(entity)}, not a u64`, "give it a bigint: 1n, BigInt(n)");
}

export function expectBool(entity: Entity, subject: string, at: Span): Value {
  if (entity.kind === "bool") return entity.value;
  return refuse("E308", at, `${subject} is ${describe(entity)}, not a boolean`, `compare it: ${comparisonOf(entity)}`);
}

function comparisonOf({ kind }: Entity): string {
  if (kind === "ref" || kind === "map") return "x !== null";
  return kind === "u64" ? "x !== 0n" : "x !== 0";
}
