/**
 * The names of one module, values and types, as the phases of resolution see them.
 */
import { CompileError, refuse } from "../diagnostic.ts";
import type { Span, TypeName } from "../tree.ts";
import type { Binding, ModuleScope } from "./program.ts";

/** What a type name stands for: a type of the language, or an alias with the module it was written in. */
export type TypeMeaning =
  | { readonly kind: "language"; readonly name: string }
  | { readonly kind: "alias"; readonly type: TypeName; readonly scope: Scope };

/** A constant without a value: not yet, or because it was refused. */
export type Absent = "later" | "refused";

export interface Scope extends ModuleScope {
  readonly names: ReadonlyMap<string, Binding | Absent>;
  readonly types: ReadonlyMap<string, TypeMeaning>;
}

/** @throws CompileError when the name is not declared, or has no value yet */
export function lookup(names: Scope["names"], name: string, at: Span): Binding {
  const binding = names.get(name);
  if (binding === undefined)
    return refuse("E204", at, `${name} is not declared here`, "an import or a declaration of it");
  if (binding === "later") return refuse("E205", at, `${name} has no value yet`, "its declaration before its use");
  // The constant has its own refusal; what depends on it needs none.
  if (binding === "refused") throw new CompileError([]);
  return binding;
}
