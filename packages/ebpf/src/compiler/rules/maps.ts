/** E6xx, maps and helpers. */
import type { Rule } from "./rule.ts";

export const mapRules = {} as const satisfies Record<`E6${number}`, Rule>;
