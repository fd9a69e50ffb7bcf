/** E2xx, names and modules: what resolution refuses. */
import type { Rule } from "./rule.ts";

export const nameRules = {} as const satisfies Record<`E2${number}`, Rule>;
