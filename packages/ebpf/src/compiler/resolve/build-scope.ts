/**
 * Building the scope of a module: its imports, functions, constants and types under the names that its text uses.
 *
 * A scope is filled in the order in which V8 would run the module, so that a constant that is used too early is found here
 * and not by an exception in the twin.
 */
import type { AnyLayout } from "../../language/layout.ts";
import { CompileError, type Diagnostic, refuse } from "../diagnostic.ts";
import type { ConstantTree, Expression, FunctionTree, ImportedName, Span } from "../tree.ts";
import { checkU64 } from "./arithmetic.ts";
import { bindingOf } from "./binding.ts";
import type { Configuration } from "./configuration.ts";
import { evaluate } from "./constant.ts";
import { GLOBALS, isLanguageType, languageBinding } from "./language-names.ts";
import { importedPath, LANGUAGE, type LoadedModule } from "./load.ts";
import type { Binding } from "./program.ts";
import { type Absent, lookup, type Scope, type TypeMeaning } from "./scope.ts";
import { resolveType } from "./type.ts";

/** What the scopes of one program share. */
export interface ScopeBuilding {
  /** Scopes by path, those of imported modules first. */
  readonly scopes: Map<string, Scope>;
  readonly configuration: Configuration;
  readonly layoutNames: Map<AnyLayout, string>;
  readonly refusals: Diagnostic[];
}

export function buildScope(building: ScopeBuilding, { path, tree }: LoadedModule): Scope {
  const names = new Map<string, Binding | Absent>();
  const types = new Map<string, TypeMeaning>();
  const scope: Scope = {
    tree,
    names,
    types,
    lookup: (name, at) => lookup(names, name, at),
    resolveType: (type) => resolveType(scope, type),
  };
  const declare = (name: string, binding: Binding | Absent, at: Span): void => {
    if (names.has(name)) {
      building.refusals.push({
        rule: "E203",
        at,
        got: `${name} is declared twice in this module`,
        write: "another name",
      });
    } else names.set(name, binding);
  };

  for (const { from, names: imported } of tree.imports) {
    const source = from === LANGUAGE ? null : building.scopes.get(importedPath(path, from));
    for (const name of imported) {
      if (source === null) importLanguage(building, name, declare, types);
      else if (source !== undefined) importModule(building, name, source, declare, types);
    }
  }
  for (const fn of tree.functions) declare(fn.name, { kind: "function", tree: fn, scope, noinline: false }, fn.at);
  for (const constant of tree.constants) declare(constant.name, "later", constant.at);
  for (const { name, type } of tree.aliases) types.set(name, { kind: "alias", type, scope });
  for (const name of GLOBALS) if (!names.has(name)) names.set(name, { kind: "intrinsic", name });
  for (const constant of tree.constants) {
    // A duplicate keeps its first meaning.
    if (names.get(constant.name) === "later") names.set(constant.name, bindConstant(building, scope, constant));
  }
  building.scopes.set(path, scope);
  return scope;
}

type Declare = (name: string, binding: Binding | Absent, at: Span) => void;

function importLanguage(
  { refusals }: ScopeBuilding,
  { imported, local, isType, at }: ImportedName,
  declare: Declare,
  types: Map<string, TypeMeaning>,
): void {
  const binding = languageBinding(imported);
  if (binding !== null) declare(local, binding, at);
  if (isLanguageType(imported)) types.set(local, { kind: "language", name: imported });
  else if (binding === null && !isType) {
    declare(local, "refused", at);
    refusals.push({
      rule: "E202",
      at,
      got: `"${LANGUAGE}" has no ${imported}`,
      write: "a name of the packet language",
    });
  }
}

/** A type that leaves no trace, such as an interface, may be imported; it means nothing to the compiler until it is used. */
function importModule(
  { refusals }: ScopeBuilding,
  { imported, local, isType, at }: ImportedName,
  source: Scope,
  declare: Declare,
  types: Map<string, TypeMeaning>,
): void {
  const { tree } = source;
  const isExported = [...tree.constants, ...tree.functions].some(({ name, exported }) => exported && name === imported);
  const binding = isExported ? source.names.get(imported) : undefined;
  const alias = tree.aliases.find(({ name }) => name === imported);
  if (binding !== undefined) declare(local, binding, at);
  if (alias !== undefined) types.set(local, { kind: "alias", type: alias.type, scope: source });
  if (binding === undefined && alias === undefined && !isType) {
    declare(local, "refused", at);
    const got = `${tree.source.path} does not export ${imported}`;
    refusals.push({ rule: "E202", at, got, write: "export in front of its declaration there" });
  }
}

function bindConstant(
  building: ScopeBuilding,
  scope: Scope,
  { name, value: expression }: ConstantTree,
): Binding | Absent {
  try {
    const fn = noinlineFunction(scope, expression, name);
    if (fn !== null) return fn;
    const value = evaluate(scope.lookup, expression);
    if (typeof value === "bigint") checkU64(value, expression.at);
    const binding = bindingOf(name, value);
    if (binding === null)
      return refuse(
        "E207",
        expression.at,
        "this is not a constant",
        "an integer, a bigint, a boolean or a declaration",
      );
    if (binding.kind === "layout" && !building.layoutNames.has(binding.layout))
      building.layoutNames.set(binding.layout, name);
    return binding.kind === "config" ? building.configuration.configure(binding) : binding;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    building.refusals.push(...error.diagnostics);
    return "refused";
  }
}

/** `noinline((…) => …)`, or `noinline(f)` of a declared function. */
function noinlineFunction(scope: Scope, expression: Expression, name: string): Binding | null {
  if (expression.kind !== "call" || expression.callee.kind !== "name") return null;
  const callee = scope.lookup(expression.callee.name, expression.callee.at);
  if (callee.kind !== "intrinsic" || callee.name !== "noinline") return null;
  const [argument] = expression.args;
  const tree = argument === undefined ? null : functionTree(scope, argument, name);
  if (tree !== null) return { kind: "function", tree, scope, noinline: true };
  return refuse("E207", expression.at, "noinline of something that is no function", "noinline((a: u32): u32 => …)");
}

function functionTree(scope: Scope, argument: Expression, name: string): FunctionTree | null {
  if (argument.kind === "arrow") return argument.fn;
  const binding = argument.kind === "name" ? scope.lookup(argument.name, argument.at) : null;
  // A function of another module would be read with this module's names.
  return binding?.kind === "function" && binding.scope === scope ? { ...binding.tree, name } : null;
}
