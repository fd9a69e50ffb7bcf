/** E4xx, memory: references, layouts, tables and the stack. */
import type { Rule } from "./rule.ts";

export const memoryRules = {} as const satisfies Record<`E4${number}`, Rule>;
