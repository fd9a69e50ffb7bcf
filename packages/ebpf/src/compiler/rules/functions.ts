/** E5xx, functions and loops. */
import type { Rule } from "./rule.ts";

export const functionRules = {} as const satisfies Record<`E5${number}`, Rule>;
