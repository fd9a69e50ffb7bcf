/** E3xx, integers: intervals, u64 and the conversions between them. */
import type { Rule } from "./rule.ts";

export const integerRules = {} as const satisfies Record<`E3${number}`, Rule>;
