/**
 * Configuration: the values that the compiler was given, in the place of the defaults that a program declares.
 *
 * A wrong value is a mistake of whoever compiles, not of the program, so it is an error and no diagnostic.
 */
import { type Constant, configValues } from "../../language/config.ts";
import type { BindingOf } from "./program.ts";

/** Values by property name. Every `config` declaration that has the property takes the value. */
export type ConfigValues = Readonly<Record<string, Constant>>;

export interface Configuration {
  /** The declaration with the given values in place of its defaults. @throws for a value of another type */
  configure(binding: BindingOf<"config">): BindingOf<"config">;
  /** @throws when a value was given that no declaration has a property for */
  assertAllUsed(): void;
}

export function createConfiguration(given: ConfigValues): Configuration {
  const declared = new Set<string>();
  return {
    configure(binding) {
      const chosen = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(binding.values, name)));
      configValues(binding.config, chosen);
      for (const [name, value] of Object.entries(chosen)) assertExact(name, value);
      for (const name of Object.keys(binding.values)) declared.add(name);
      return { ...binding, values: { ...binding.values, ...chosen } };
    },
    assertAllUsed() {
      const unknown = Object.keys(given).filter((name) => !declared.has(name));
      if (unknown.length === 0) return;
      const known = declared.size === 0 ? "it declares no configuration" : `it declares ${[...declared].join(", ")}`;
      throw new Error(
        `Cannot configure ${unknown.join(", ")}: the program has no such property, ${known}. Correct the name or leave it out.`,
      );
    },
  };
}

function assertExact(name: string, value: Constant): void {
  const isExact =
    typeof value === "boolean" ||
    (typeof value === "bigint" ? BigInt.asUintN(64, value) === value : Number.isSafeInteger(value));
  if (!isExact) {
    throw new RangeError(
      `Cannot set ${name} to ${value}: it is not an integer that a register holds exactly. Give a whole number, or a bigint of 0..2^64-1.`,
    );
  }
}
