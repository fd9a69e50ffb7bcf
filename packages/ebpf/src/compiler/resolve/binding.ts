/**
 * Bindings from values: what a module constant is, seen from the object that its declaration made.
 *
 * The guards look at the marks that the language's declarations carry; whatever has none is no constant.
 */
import { type Config, type Constant, configDefaults } from "../../language/config.ts";
import type { IntegerKind } from "../../language/integer.ts";
import type { VectorKind } from "../../language/kind.ts";
import type { AnyLayout } from "../../language/layout.ts";
import { MAP_TYPES, type MapDeclaration } from "../../language/map/declaration.ts";
import type { Table } from "../../language/table.ts";
import type { Binding } from "./program.ts";

/** The binding of a constant `name` with this value, or `null` when the value means nothing to the compiler. */
export function bindingOf(name: string, value: unknown): Binding | null {
  switch (typeof value) {
    case "number":
      return { kind: "integer", value };
    case "bigint":
      return { kind: "bigint", value };
    case "boolean":
      return { kind: "boolean", value };
    case "string":
      return { kind: "string", value };
    case "object":
      return value === null ? null : declarationBinding(name, value);
    default:
      return null;
  }
}

function declarationBinding(name: string, value: object): Binding | null {
  if (isLayout(value)) return { kind: "layout", layout: value, name };
  if (isMap(value)) return { kind: value.isCell ? "cell" : "map", map: value, name };
  if (isTable(value)) return { kind: "table", table: value, name };
  if (isField(value)) return { kind: "field", field: value };
  if (isConfig(value)) return { kind: "config", config: value, values: { ...value } };
  return null;
}

function isLayout(value: object): value is AnyLayout {
  return "declared" in value && "alignment" in value && "reference" in value;
}

function isMap(value: object): value is MapDeclaration {
  return "isCell" in value && "kind" in value && typeof value.kind === "string" && Object.hasOwn(MAP_TYPES, value.kind);
}

function isTable(value: object): value is Table {
  return "values" in value && "at" in value && "kind" in value;
}

function isField(value: object): value is IntegerKind | VectorKind {
  return "kind" in value && (value.kind === "int" || value.kind === "vector");
}

function isConfig(value: object): value is Config {
  return configDefaults(value) !== null;
}

/** The value of a binding as a declaration's argument; `null` for functions, which are no arguments of declarations. */
export function constantValue(binding: Binding): Constant | string | object | null {
  switch (binding.kind) {
    case "integer":
    case "bigint":
    case "boolean":
    case "string":
      return binding.value;
    case "layout":
      return binding.layout;
    case "field":
      return binding.field;
    case "map":
    case "cell":
      return binding.map;
    case "table":
      return binding.table;
    case "config":
    case "function":
    case "intrinsic":
      return null;
  }
}
