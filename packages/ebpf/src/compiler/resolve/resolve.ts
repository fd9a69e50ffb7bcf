/**
 * Resolution: from the path of the entry module to a program whose every name is known.
 *
 * Modules are loaded along their imports, constants are evaluated, declarations are made by the language's own functions, and
 * names in function bodies are checked. Nothing is read but what `readSource` gives.
 */
import type { AnyLayout } from "../../language/layout.ts";
import { CompileError, type Diagnostic } from "../diagnostic.ts";
import { buildScope } from "./build-scope.ts";
import { checkNames } from "./check-names.ts";
import { type ConfigValues, createConfiguration } from "./configuration.ts";
import { findEntryPoints } from "./entry-points.ts";
import { loadModules, type ReadSource } from "./load.ts";
import type { Program } from "./program.ts";
import type { Scope } from "./scope.ts";

/**
 * @param entry path of the module whose exported functions are the programs
 * @param values configuration values in the place of declared defaults, by property name
 * @throws CompileError with all refusals of the phase that found any: loading with parsing (E1xx, E200, E201), or names and
 *   constants (E2xx)
 * @throws Error when `values` names a property that no `config` declares, or has a value of another type
 */
export function resolve(entry: string, readSource: ReadSource, values: ConfigValues = {}): Program {
  const refusals: Diagnostic[] = [];
  const configuration = createConfiguration(values);
  const layoutNames = new Map<AnyLayout, string>();
  const building = { scopes: new Map<string, Scope>(), configuration, layoutNames, refusals };
  const modules = loadModules(entry, readSource).map((loaded) => buildScope(building, loaded));
  for (const scope of modules) checkNames(scope, refusals);
  if (refusals.length > 0) throw new CompileError(refusals);
  configuration.assertAllUsed();
  const main = modules.at(-1);
  return { modules, entryPoints: main === undefined ? [] : findEntryPoints(main), layoutNames };
}
