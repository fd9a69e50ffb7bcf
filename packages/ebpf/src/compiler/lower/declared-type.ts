/**
 * Declared types: what a variable, a parameter or a result may be, and the check of what it is given.
 */
import { refuse } from "../diagnostic.ts";
import type { Range } from "../ir/ir.ts";
import type { LanguageType } from "../resolve/program.ts";
import type { Span } from "../tree.ts";
import { constantOf, INT_LIMIT, U64_MAX } from "./builder.ts";
import { describe, type Entity } from "./entity.ts";
import type { Variable } from "./environment.ts";
import { expectBool, expectInt, expectU64 } from "./expect.ts";
import type { Lowering } from "./lowering.ts";
import { nullReference } from "./reference.ts";

/** The interval that a type promises; `null` where it is no scalar. */
export function typeBounds(type: LanguageType | null): Range | null {
  switch (type?.kind) {
    case "int": {
      const span = 1n << BigInt(type.bits);
      return type.signed ? { low: -span / 2n, high: span / 2n - 1n } : { low: 0n, high: span - 1n };
    }
    case "number":
      return { low: -INT_LIMIT, high: INT_LIMIT };
    case "u64":
      return { low: 0n, high: U64_MAX };
    case "boolean":
      return { low: 0n, high: 1n };
    default:
      return null;
  }
}

/** What a phi of the variable may be, by its declared type; a plain number promises nothing that helps. */
export function variableBounds({ type }: Variable): Range | null {
  return type?.kind === "int" || type?.kind === "u64" ? typeBounds(type) : null;
}

/**
 * Checks what is given against a declared type: a scalar goes on with the type's interval, null becomes a reference of the type.
 *
 * @param type `null` where none is written
 * @param subject names what has the type in messages: a variable, "the result of f"
 */
export function fitType(l: Lowering, entity: Entity, type: LanguageType | null, subject: string, at: Span): Entity {
  switch (type?.kind) {
    case undefined:
      return entity;
    case "number":
      return { kind: "int", value: expectInt(entity, subject, at) };
    case "boolean":
      return { kind: "bool", value: expectBool(entity, subject, at) };
    case "int": {
      const write = "narrow it with & or >>> 0, or choose a wider type";
      return {
        kind: "int",
        value: l.fit(expectInt(entity, subject, at), { ...bounds(type), rule: "E302", subject, write }, at),
      };
    }
    case "u64": {
      const write = "put u64wrap() around it";
      return {
        kind: "u64",
        value: l.fit(expectU64(entity, subject, at), { ...bounds(type), rule: "E302", subject, write }, at),
      };
    }
    case "ref":
      return fitReference(l, entity, type, subject, at);
    case "packet":
    case "context":
      return fitContext(entity, type, subject, at);
    case "void":
      if (entity.kind === "void") return entity;
      return refuse(
        "E310",
        at,
        `${subject} is ${describe(entity)} and declared as void`,
        "declare the type of the result",
      );
  }
}

function bounds(type: LanguageType): Range {
  const range = typeBounds(type);
  if (range === null) throw new Error(`a ${type.kind} is no integer`);
  return range;
}

type RefType = Extract<LanguageType, { readonly kind: "ref" }>;
type ContextType = Extract<LanguageType, { readonly kind: "packet" | "context" }>;

function fitReference(l: Lowering, entity: Entity, type: RefType, subject: string, at: Span): Entity {
  if (entity.kind === "null" && type.nullable) return nullReference(l, type, at);
  if (entity.kind !== "ref") {
    const got = `${subject} is ${describe(entity)}, not a reference to ${type.name}`;
    return refuse("E409", at, got, "pass a reference: Layout.make({ … }), a lookup's result");
  }
  if (entity.layout !== type.layout)
    return refuse("E409", at, `${subject} refers to another layout than ${type.name}`, "declare both by one struct(…)");
  if (entity.isNull !== null && constantOf(entity.isNull) !== 0n && !type.nullable) {
    const write = "test it first: if (x === null) return …; or declare the type with | null";
    return refuse("E402", at, `${subject} may be null here`, write);
  }
  return entity;
}

function fitContext(entity: Entity, type: ContextType, subject: string, at: Span): Entity {
  const wanted = type.kind === "packet" ? "a context" : `the context of a program of kind ${type.program}`;
  if (entity.kind === "context" && (type.kind === "packet" || type.program === entity.program)) return entity;
  const got = entity.kind === "context" ? `that of a program of kind ${entity.program}` : describe(entity);
  return refuse(
    "E604",
    at,
    `${subject} is ${got}, not ${wanted}`,
    "pass ctx, in a program of the kind that the function is for",
  );
}
