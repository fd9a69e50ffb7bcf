/** Types of the source, resolved to what they mean to the compiler. */
import { type AnyLayout, keyLayout } from "../../language/layout.ts";
import { refuse } from "../diagnostic.ts";
import type { TypeName } from "../tree.ts";
import { BUILT_IN_TYPES, contextKind, LANGUAGE_TYPES } from "./language-names.ts";
import type { LanguageType } from "./program.ts";
import type { Scope } from "./scope.ts";

/** Aliases of aliases: more than this is a circle. */
const MAX_ALIASES = 32;

/** @throws CompileError with rule E210 when the type means nothing to the compiler */
export function resolveType(scope: Scope, type: TypeName, aliases = 0): LanguageType {
  const resolved = resolveNonNull(scope, type, aliases);
  if (!type.nullable) return resolved;
  if (resolved.kind === "ref") return { ...resolved, nullable: true };
  return refuse("E210", type.at, `${type.name} | null`, "a type that is never null: only references may be");
}

function resolveNonNull(scope: Scope, type: TypeName, aliases: number): LanguageType {
  const builtIn = BUILT_IN_TYPES.get(type.name);
  if (builtIn !== undefined) return builtIn;
  const meaning = scope.types.get(type.name);
  if (meaning === undefined || aliases > MAX_ALIASES) return refuseType(type);
  if (meaning.kind === "alias") return resolveType(meaning.scope, meaning.type, aliases + 1);
  const kind = contextKind(meaning.name);
  if (kind !== null)
    return { kind: "context", program: kind, args: kind === "Syscall" ? layoutOf(scope, type).layout : null };
  if (meaning.name === "Ref" || meaning.name === "RefOf")
    return { kind: "ref", ...layoutOf(scope, type), nullable: false };
  return LANGUAGE_TYPES.get(meaning.name) ?? refuseType(type);
}

/** The layout in `Ref<typeof Flow>`; `RefOf<typeof u32>` is the reference to a key or value of integer kind. */
function layoutOf(scope: Scope, type: TypeName): { readonly layout: AnyLayout; readonly name: string } {
  const [argument] = type.args;
  const binding = argument === undefined ? null : scope.lookup(argument.name, argument.at);
  if (binding?.kind === "layout") return { layout: binding.layout, name: binding.name };
  if (binding?.kind === "field" && binding.field.kind === "int" && type.name === "RefOf") {
    return { layout: keyLayout(binding.field), name: argument?.name ?? type.name };
  }
  return refuse("E210", type.at, `${type.name} without a layout`, `${type.name}<typeof Layout>`);
}

function refuseType(type: TypeName): never {
  return refuse(
    "E210",
    type.at,
    `${type.name} is not a type of the packet language`,
    "u8 … u32, int, u64, boolean, void or Ref<typeof Layout>",
  );
}
