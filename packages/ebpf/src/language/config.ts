/**
 * Configuration constants: what is known when a program is compiled and differs between installations.
 *
 * The compiler is given other values and drops the branches that cannot be taken; a twin is given them when it is made.
 */
import { type Constant, current } from "./runtime.ts";

export type { Constant } from "./runtime.ts";

/** `true` widens to `boolean` and 3 to `number`: the default is not the only value. */
type Widened<Value extends Constant> = Value extends boolean ? boolean : Value extends bigint ? bigint : number;

/** The constants of one `config` declaration. */
export type Config<Defaults extends ConfigDefaults = ConfigDefaults> = {
  readonly [Name in keyof Defaults]: Widened<Defaults[Name]>;
};

export interface ConfigDefaults {
  readonly [name: string]: Constant;
}

interface Slots {
  readonly defaults: ConfigDefaults;
  /** Where a machine keeps the value of each constant. */
  readonly slots: ReadonlyMap<string, number>;
}

const declarations = new WeakMap<object, Slots>();
let nextSlot = 0;

/** Declares constants with their defaults: `const cfg = config({ nat: true, maxHops: 3 })`. */
export function config<const Defaults extends ConfigDefaults>(defaults: Defaults): Config<Defaults> {
  const slots = new Map<string, number>();
  const constants = {};
  for (const [name, byDefault] of Object.entries(defaults)) {
    const slot = nextSlot++;
    slots.set(name, slot);
    Object.defineProperty(constants, name, {
      enumerable: true,
      get: () => current.machine.constants[slot] ?? byDefault,
    });
  }
  declarations.set(constants, { defaults, slots });
  return Object.freeze(constants) as Config<Defaults>;
}

/** The defaults a configuration was declared with, or `null` when `value` is none. */
export function configDefaults(value: unknown): ConfigDefaults | null {
  if (typeof value !== "object" || value === null) return null;
  return declarations.get(value)?.defaults ?? null;
}

/**
 * The slots and values that a machine needs for a configuration.
 *
 * @throws when a name is not among the declared ones or a value is of another type than its default
 */
export function configValues(declaration: object, values: object): ReadonlyMap<number, Constant> {
  const known = declarations.get(declaration);
  if (known === undefined) {
    throw new TypeError(
      "Cannot configure this object: it was not made by config({ … }). Hand in the declaration itself.",
    );
  }
  const chosen = new Map<number, Constant>();
  for (const [name, value] of Object.entries(values)) {
    const slot = known.slots.get(name);
    const byDefault = known.defaults[name];
    if (slot === undefined || byDefault === undefined) {
      const names = Object.keys(known.defaults).join(", ");
      throw new Error(`Cannot configure ${name}: the program declares only ${names}. Correct the name.`);
    }
    if (!isConstant(value) || typeof value !== typeof byDefault) {
      throw new TypeError(
        `Cannot set ${name} to ${String(value)} (${typeof value}): its default ${String(byDefault)} is a ${typeof byDefault}. Give a value of that type.`,
      );
    }
    chosen.set(slot, value);
  }
  return chosen;
}

function isConstant(value: unknown): value is Constant {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}
